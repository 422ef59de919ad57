// What the SDK hands over at the end of a log call or a span: only what reports an error is kept, so that a healthy
// service sends nothing. The same choice as the receiver makes (src/ingest).
import { SpanStatusCode } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { isOwnWork } from './own-work.ts';
import { weightOf } from './log-record.ts';
import type { Outbox } from './outbox.ts';

export function createLogProcessor(outbox: Outbox<ReadableLogRecord>): LogRecordProcessor {
  return {
    onEmit(record) {
      if (isOwnWork()) return;
      const reports =
        (record.severityNumber ?? SeverityNumber.UNSPECIFIED) >= SeverityNumber.WARN ||
        hasException(record.attributes) ||
        isExceptionName(record.eventName);
      if (reports) outbox.add(record, weightOf({ attributes: record.attributes, body: record.body }));
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

export function createSpanProcessor(outbox: Outbox<ReadableSpan>): SpanProcessor {
  return {
    onStart: () => undefined,
    onEnd(span) {
      const exceptions = span.events.filter((event) => isExceptionName(event.name) || hasException(event.attributes));
      const reports =
        span.status.code === SpanStatusCode.ERROR || exceptions.length > 0 || hasException(span.attributes);
      if (!reports) return;
      const bytes = exceptions.reduce((sum, event) => sum + weightOf({ attributes: event.attributes ?? {} }), 0);
      outbox.add(span, bytes + weightOf({ attributes: span.attributes }));
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

function hasException(attributes: Readonly<Record<string, unknown>> | undefined): boolean {
  return (
    attributes !== undefined &&
    (attributes['exception.type'] !== undefined || attributes['exception.message'] !== undefined)
  );
}

function isExceptionName(name: string | undefined): boolean {
  return name === 'exception' || name?.endsWith('.exception') === true;
}
