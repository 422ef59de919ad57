// errata/capture, the library that services use: what is exported here is its whole surface.
// It never throws into the host, never blocks it, holds a bounded amount of memory, and counts what it drops.
import type { Capture, CaptureOptions } from './create-capture.ts';
import { createCapture } from './create-capture.ts';
import { logError, setCurrent } from './current-capture.ts';

export { captureExpress } from './express.ts';
export { captureFastify } from './fastify.ts';
export { fixFastify } from './fix-fastify.ts';
export { fixHandler } from './fix-handler.ts';
export { onFix } from './on-fix.ts';
export { capturePinoStream } from './pino-stream.ts';
export { logError };
export type { Capture, CaptureOptions };
export type { CaptureStats } from './capture-stats.ts';
export type { FixOptions } from './fix-endpoint.ts';
export type { FixContext, FixHandler, FixParams } from './on-fix.ts';
export type { ErrorReport, CaptureSeverity } from './error-report.ts';

let running: Capture | undefined;

/** Starts capturing for this process. A second call gives the capture that runs; after stop() a new one starts. */
export function startCapture(options: CaptureOptions): Capture {
  if (running !== undefined) return running;
  const { capture, report } = createCapture(options, {
    onStopped() {
      running = undefined;
      setCurrent(undefined);
    },
  });
  running = capture;
  setCurrent(report);
  return capture;
}
