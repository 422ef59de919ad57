// The errors that end the process. Node's default is kept, the stack is printed and the exit code is 1, but before
// that the error is sent, for two seconds at most. A host with a handler of its own decides for itself whether to go on.
import { inspect } from 'node:util';
import type { ErrorReport } from './error-report.ts';
import { isError } from './stack-text.ts';

interface Parts {
  readonly report: (report: ErrorReport) => void;
  readonly flush: (deadlineMs: number) => Promise<boolean>;
}

const FLUSH_DEADLINE_MS = 2000;

/** Gives the function that takes them away again. */
export function installCrashHandlers({ report, flush }: Parts): () => void {
  let dying = false;

  function onException(error: unknown): void {
    if (othersListenTo('uncaughtException')) reportFatal(error, 'error');
    else void die(error);
  }

  function onRejection(reason: unknown): void {
    const error = rejectionError(reason);
    if (othersListenTo('unhandledRejection')) reportFatal(error, 'error');
    else if (othersListenTo('uncaughtException')) raise(error);
    else void die(error);
  }

  async function die(error: unknown): Promise<void> {
    reportFatal(error, 'critical');
    if (dying) return;
    dying = true;
    await flush(FLUSH_DEADLINE_MS);
    uninstall();
    // With nobody listening any more Node does what it does by default: prints the stack, exits with 1.
    raise(error);
  }

  function reportFatal(error: unknown, severity: 'critical' | 'error'): void {
    const message = isError(error) ? error.message : inspect(error, { depth: 1 });
    report({ severity, error_type: 'unhandled_exception', message, error, handled: false });
  }

  function uninstall(): void {
    process.removeListener('uncaughtException', onException);
    process.removeListener('unhandledRejection', onRejection);
  }

  process.on('uncaughtException', onException);
  // Whoever chose another mode than Node's default (throw) has said what a rejection means.
  if (!rejectionModeIsChosen()) process.on('unhandledRejection', onRejection);
  return uninstall;
}

function othersListenTo(event: 'uncaughtException' | 'unhandledRejection'): boolean {
  return process.listenerCount(event) > 1;
}

/** As if it had never been caught: to the host's handler where there is one, else to Node's. */
function raise(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

/** A rejection with a value that is no Error has no stack; Node too wraps it. */
function rejectionError(reason: unknown): Error {
  if (isError(reason)) return reason;
  const error = new Error(`unhandled rejection with a value that is no Error: ${inspect(reason, { depth: 1 })}`);
  error.name = 'UnhandledPromiseRejection';
  return error;
}

function rejectionModeIsChosen(): boolean {
  return [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].some((flag) =>
    flag.includes('--unhandled-rejections'),
  );
}
