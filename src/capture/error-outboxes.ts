// The two outboxes of a capture, one for each OTLP signal, with the encoders of OpenTelemetry's own exporters.
import { diag } from '@opentelemetry/api';
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Endpoint } from './endpoint.ts';
import { posterTo } from './endpoint.ts';
import type { OutboxLimits } from './outbox.ts';
import { Outbox } from './outbox.ts';
import { asOwnWork } from './own-work.ts';

export function createLogOutbox(endpoint: Endpoint, limits: OutboxLimits): Outbox<ReadableLogRecord> {
  return new Outbox({
    encode: (records) => ProtobufLogsSerializer.serializeRequest(records),
    rejectedIn: (answer) =>
      count(() => ProtobufLogsSerializer.deserializeResponse(answer).partialSuccess?.rejectedLogRecords),
    post: posterTo(endpoint, 'v1/logs'),
    limits,
    warn,
  });
}

export function createSpanOutbox(endpoint: Endpoint, limits: OutboxLimits): Outbox<ReadableSpan> {
  return new Outbox({
    encode: (spans) => ProtobufTraceSerializer.serializeRequest(spans),
    rejectedIn: (answer) =>
      count(() => ProtobufTraceSerializer.deserializeResponse(answer).partialSuccess?.rejectedSpans),
    post: posterTo(endpoint, 'v1/traces'),
    limits,
    warn,
  });
}

function warn(reason: string, items: number): void {
  try {
    asOwnWork(() => diag.warn(`errata capture gave up on ${items} errors: ${reason}`));
  } catch {
    // The host's diagnosis logger threw; the drop is counted all the same.
  }
}

/** An answer that is no OTLP is still a 200: taken, and nothing rejected. */
function count(rejected: () => number | string | undefined | null): number {
  try {
    return Math.max(0, Number(rejected() ?? 0)) || 0;
  } catch {
    return 0;
  }
}
