// What became of everything that was captured: nothing is dropped without a count.
import { reportsBeforeStart } from './current-capture.ts';
import type { Outbox } from './outbox.ts';

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

export function statsOf(boxes: readonly Pick<Outbox<unknown>, 'counts' | 'pending'>[], own: number): CaptureStats {
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
