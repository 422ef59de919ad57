// The one capture of this process, so that logError and the plugins need no handle: a service starts it once, in its
// first lines, and any module reports. What is reported before that is counted, never thrown.
import type { Context } from '@opentelemetry/api';
import type { ErrorReport } from './error-report.ts';

/** What the entry points hand over; `context` where the error happened, if that is no longer the active one. */
export type Report = (report: ErrorReport, context?: Context) => void;

let current: Report | undefined;
let missedBeforeStart = 0;

export function setCurrent(report: Report | undefined): void {
  current = report;
}

export function reportsBeforeStart(): number {
  return missedBeforeStart;
}

let coversRoutes = false;

/** Once a plugin captures failed requests, the framework's log lines of them say nothing new. */
export function coverRoutes(): void {
  coversRoutes = true;
}

export function routesAreCovered(): boolean {
  return coversRoutes;
}

export const reportError: Report = (report, context) => {
  if (current === undefined) missedBeforeStart++;
  else current(report, context);
};

/**
 * The seed's call. Resolves when the error was handed over to the queue, at once; never rejects and never throws.
 * Without startCapture before it, it counts a drop (`stats().dropped.not_started`).
 */
export function logError(report: ErrorReport): Promise<void> {
  reportError(report);
  return Promise.resolve();
}
