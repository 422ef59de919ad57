// Wires the parts of the library: entry points → log record → outbox → network.
import type { Context } from '@opentelemetry/api';
import { context } from '@opentelemetry/api';
import type { CaptureStats } from './capture-stats.ts';
import { statsOf } from './capture-stats.ts';
import { installCrashHandlers } from './crash-handlers.ts';
import type { Report } from './current-capture.ts';
import { endpointOf } from './endpoint.ts';
import { createLogOutbox, createSpanOutbox } from './error-outboxes.ts';
import type { ErrorReport } from './error-report.ts';
import { createLogProcessor, createSpanProcessor } from './error-signals.ts';
import { toLogRecord, weightOf } from './log-record.ts';
import { createClock } from './moment.ts';
import { defaultLimits } from './outbox.ts';
import { isOwnWork } from './own-work.ts';
import type { Identity } from './resource.ts';
import { resourceOf } from './resource.ts';
import { createServiceLoggers } from './service-loggers.ts';
import { isError } from './stack-text.ts';
import { startTracing } from './tracing.ts';

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

/** Installs what the options ask for at once. `onStopped` is called when stop() is done sending. */
export function createCapture(
  options: CaptureOptions,
  { onStopped }: { readonly onStopped: () => void },
): { readonly capture: Capture; readonly report: Report } {
  let own = 0;
  const limits = {
    ...defaultLimits,
    maxItems: options.maxQueue ?? defaultLimits.maxItems,
    maxBytes: options.maxQueueBytes ?? defaultLimits.maxBytes,
    giveUpAfterMs: options.giveUpAfterMs ?? defaultLimits.giveUpAfterMs,
  };
  const endpoint = endpointOf(options);
  const logRecords = createLogOutbox(endpoint, limits);
  const spans = createSpanOutbox(endpoint, limits);
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
      if (isError(one.error)) {
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
    onStopped();
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
  return { capture, report };
}
