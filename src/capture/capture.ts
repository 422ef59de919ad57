// errata/capture, the library that services use: what is exported here is its whole surface.
// It never throws into the host, never blocks it, holds a bounded amount of memory, and counts what it drops.
import type { Context } from '@opentelemetry/api';
import { context, diag } from '@opentelemetry/api';
import { ProtobufLogsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { installCrashHandlers } from './crash-handlers.ts';
import { logError, reportsBeforeStart, setCurrent } from './current-capture.ts';
import { createLogProcessor, createSpanProcessor } from './error-signals.ts';
import type { ErrorReport } from './error-report.ts';
import { toLogRecord, weightOf } from './log-record.ts';
import { createClock } from './moment.ts';
import { Outbox, defaultLimits } from './outbox.ts';
import { asOwnWork, isOwnWork } from './own-work.ts';
import { endpointOf, posterTo } from './endpoint.ts';
import type { Identity } from './resource.ts';
import { resourceOf } from './resource.ts';
import { createServiceLoggers } from './service-loggers.ts';
import { startTracing } from './tracing.ts';

export { captureExpress } from './express.ts';
export { captureFastify } from './fastify.ts';
export { capturePinoStream } from './pino-stream.ts';
export { logError };
export type { ErrorReport, CaptureSeverity } from './error-report.ts';

export interface CaptureOptions extends Identity {
  /** Base URL of an OTLP/HTTP receiver. Default: OTEL_EXPORTER_OTLP_ENDPOINT, else http://127.0.0.1:4318. */
  readonly endpoint?: string;
  /** Sent as `Authorization: Bearer`. Default: ERRATA_TOKEN. */
  readonly token?: string;
  /** false: leave uncaughtException and unhandledRejection to the host. */
  readonly crashes?: boolean;
  /** false: never start tracing, even when the host has none. */
  readonly tracing?: boolean;
  /** Errors that may wait for the network, default 20,000; and their memory, default 32 MiB. */
  readonly maxQueue?: number;
  readonly maxQueueBytes?: number;
  /** How long one batch is tried before it is given up and counted. Default: five minutes. */
  readonly giveUpAfterMs?: number;
}

export interface CaptureStats {
  /** captured = sent + pending + everything under `dropped` but not_started and own. */
  readonly captured: number;
  readonly sent: number;
  readonly pending: number;
  readonly dropped: {
    readonly queue_full: number;
    /** Refused for good, or not delivered within five minutes. */
    readonly export_failed: number;
    /** Refused one by one by a receiver that took the rest. */
    readonly rejected: number;
    /** Left over when stop() reached its deadline, or reported after it. */
    readonly stopped: number;
    /** The report itself could not be read: a getter that throws, no object at all. */
    readonly unreadable: number;
    /** Reported before startCapture. */
    readonly not_started: number;
    /** Errors of the library's own sending: never captured, or it would feed on itself. */
    readonly own: number;
  };
}

export interface Capture {
  logError(report: ErrorReport): Promise<void>;
  /** true: all that was captured before the call is settled; false: the deadline came first. Never rejects. */
  flush(deadlineMs?: number): Promise<boolean>;
  /** Flushes, then lets go of everything. Safe twice. Never rejects. */
  stop(deadlineMs?: number): Promise<void>;
  stats(): CaptureStats;
}

const FLUSH_DEADLINE_MS = 5000;
/** A script that ends by itself waits this long for its errors to leave. */
const EXIT_DEADLINE_MS = 2000;

let running: Capture | undefined;

/** Starts capturing for this process. A second call gives the capture that runs. */
export function startCapture(options: CaptureOptions): Capture {
  running ??= start(options);
  return running;
}

function start(options: CaptureOptions): Capture {
  let own = 0;
  const limits = {
    ...defaultLimits,
    maxItems: options.maxQueue ?? defaultLimits.maxItems,
    maxBytes: options.maxQueueBytes ?? defaultLimits.maxBytes,
    giveUpAfterMs: options.giveUpAfterMs ?? defaultLimits.giveUpAfterMs,
  };
  const endpoint = endpointOf(options);
  const logRecords = new Outbox<ReadableLogRecord>({
    encode: (records) => ProtobufLogsSerializer.serializeRequest(records),
    rejectedIn: (answer) =>
      count(() => ProtobufLogsSerializer.deserializeResponse(answer).partialSuccess?.rejectedLogRecords),
    post: posterTo(endpoint, 'v1/logs'),
    limits,
    warn,
  });
  const spans = new Outbox<ReadableSpan>({
    encode: (batch) => ProtobufTraceSerializer.serializeRequest(batch),
    rejectedIn: (answer) =>
      count(() => ProtobufTraceSerializer.deserializeResponse(answer).partialSuccess?.rejectedSpans),
    post: posterTo(endpoint, 'v1/traces'),
    limits,
    warn,
  });
  const logProcessor = createLogProcessor(logRecords);
  const loggerOf = createServiceLoggers(options, logProcessor);
  const seen = new WeakSet<Error>();
  const clock = createClock(Date.now);

  function report(one: ErrorReport, where: Context = context.active()): void {
    try {
      if (isOwnWork()) {
        own++;
        return;
      }
      // The same error object on its way up through logError and a route is one error, unless the process dies of it.
      if (one.error instanceof Error) {
        if (seen.has(one.error) && one.severity !== 'critical') return;
        seen.add(one.error);
      }
      // Before the work of building a record: in a storm most calls end here.
      if (!logRecords.hasRoom(weightOf({ body: one.message }))) return logRecords.countRefusal();
      loggerOf(one.service).emit({ ...toLogRecord(one), timestamp: clock(), context: where });
    } catch {
      // A report that cannot even be read (a hostile getter, a revoked proxy) must not hurt the host.
      logRecords.countUnreadable();
    }
  }

  const tracing =
    options.tracing === false
      ? undefined
      : startTracing({ resource: resourceOf(options), spanProcessor: createSpanProcessor(spans), logProcessor });

  async function flush(deadlineMs = FLUSH_DEADLINE_MS): Promise<boolean> {
    const settled = await Promise.all([logRecords.flush(deadlineMs), spans.flush(deadlineMs)]);
    return settled.every(Boolean);
  }

  const uninstallCrashHandlers = options.crashes === false ? () => undefined : installCrashHandlers({ report, flush });
  // Only once: with the receiver away it would go round in circles, as each flush wakes the loop that had ended.
  const onBeforeExit = (): void => void flush(EXIT_DEADLINE_MS);
  process.once('beforeExit', onBeforeExit);

  let stopped: Promise<void> | undefined;
  async function stopOnce(deadlineMs: number): Promise<void> {
    await Promise.all([logRecords.stop(deadlineMs), spans.stop(deadlineMs)]);
    uninstallCrashHandlers();
    process.removeListener('beforeExit', onBeforeExit);
    if (running === capture) {
      running = undefined;
      setCurrent(undefined);
    }
    // A failure here has nobody to go to: all errors are settled already.
    await tracing?.stop().catch(() => undefined);
  }

  const capture: Capture = {
    logError: (one) => {
      report(one);
      return Promise.resolve();
    },
    flush,
    stop: (deadlineMs = FLUSH_DEADLINE_MS) => (stopped ??= stopOnce(deadlineMs)),
    stats: () => statsOf([logRecords, spans], own),
  };
  setCurrent(report);
  return capture;
}

function warn(reason: string, items: number): void {
  try {
    asOwnWork(() => diag.warn(`errata capture gave up on ${items} errors: ${reason}`));
  } catch {
    // The host's diagnosis logger threw; the drop is counted all the same.
  }
}

function statsOf(boxes: readonly Pick<Outbox<unknown>, 'counts' | 'pending'>[], own: number): CaptureStats {
  const sum = (of: (box: (typeof boxes)[number]) => number): number => boxes.reduce((all, box) => all + of(box), 0);
  return {
    captured: sum((box) => box.counts.captured),
    sent: sum((box) => box.counts.sent),
    pending: sum((box) => box.pending),
    dropped: {
      queue_full: sum((box) => box.counts.dropped.queue_full),
      export_failed: sum((box) => box.counts.dropped.export_failed),
      rejected: sum((box) => box.counts.dropped.rejected),
      stopped: sum((box) => box.counts.dropped.stopped),
      unreadable: sum((box) => box.counts.dropped.unreadable),
      not_started: reportsBeforeStart(),
      own,
    },
  };
}

/** An answer that is no OTLP is still a 200: taken, and nothing rejected. */
function count(rejected: () => number | string | undefined | null): number {
  try {
    return Math.max(0, Number(rejected() ?? 0)) || 0;
  } catch {
    return 0;
  }
}
