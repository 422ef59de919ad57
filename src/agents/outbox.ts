// Sends what one channel has to say, one after the other, until each is sent or given up. What is here is durable already,
// so that a crash repeats a try and never loses one. A channel that is down holds up only itself.
import { createHash } from 'node:crypto';
import { Failure } from '../failure.ts';
import type { Clock } from '../healing/clock.ts';
import { SendFailed } from './channel.ts';
import type { Channel } from './channel.ts';
import type { Notification } from './notice.ts';

export interface Outbox {
  readonly add: (notification: Notification) => void;
  /** Runs until `stop`. */
  readonly run: () => Promise<void>;
  /** What is being sent goes on; nothing else begins. */
  readonly stop: () => void;
  /** Breaks off what is being sent. */
  readonly cut: () => void;
  readonly size: () => number;
}

interface OutboxDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Writes the next event. Throws STORE_UNAVAILABLE. */
  readonly record: (notification: Notification, changes: Partial<Notification>) => Promise<Notification>;
  readonly count: (outcome: 'sent' | 'retried' | 'failed') => void;
}

export interface Logger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A restart takes seconds, a rotated certificate hours: tries come fast at first, and for a day. */
const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 900_000;
const GIVE_UP_MS = 86_400_000;

/** A receiver that asks for a longer pause than this has none in mind that people could wait for. */
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Spread, so that what failed together does not come back together. */
const JITTER = 0.2;

const RECORD_AGAIN_MS = 5_000;

const UNFORESEEN = 'an unforeseen failure; the log has its cause';

export function createOutbox(channel: Channel, { clock, logger, record, count }: OutboxDeps): Outbox {
  const waiting = new Map<string, Notification>();
  const cutting = new AbortController();
  const stopping = new AbortController();
  let bell = new AbortController();
  /** The receiver asked for it. */
  let pausedUntilMs = 0;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      bell = new AbortController();
      const next = firstDue();
      if (next === undefined) await clock.sleep(untilDueMs(), bell.signal);
      else await tryOnce(next);
    }
  }

  /** New ones before those that failed already: a dead receiver's backlog does not delay what expires. */
  function firstDue(): Notification | undefined {
    if (clock.now() < pausedUntilMs) return undefined;
    let first: Notification | undefined;
    for (const one of waiting.values()) {
      if (dueAtMs(one) <= clock.now() && (first === undefined || one.tries < first.tries)) first = one;
    }
    return first;
  }

  function untilDueMs(): number {
    const dueAt = Math.min(...[...waiting.values()].map(dueAtMs));
    return Math.min(MAX_PAUSE_MS, Math.max(dueAt, pausedUntilMs) - clock.now());
  }

  async function tryOnce(notification: Notification): Promise<void> {
    const tries = notification.tries + 1;
    try {
      const note = await sendInTime(notification);
      await settle(notification, { state: 'sent', tries, note, nextTryAtMs: undefined });
      count('sent');
    } catch (cause) {
      // Whether it was taken is not known: the next start sends it again, with the same id.
      if (!cutting.signal.aborted) await failed(notification, { cause, tries });
    }
  }

  async function sendInTime(notification: Notification): Promise<string> {
    const done = new AbortController();
    const limit = new AbortController();
    const abort = () => limit.abort();
    cutting.signal.addEventListener('abort', abort);
    void clock.sleep(channel.timeoutMs, done.signal).then(abort);
    try {
      return await channel.send(notification, limit.signal);
    } finally {
      done.abort();
      cutting.signal.removeEventListener('abort', abort);
    }
  }

  async function failed(
    notification: Notification,
    { cause, tries }: { readonly cause: unknown; readonly tries: number },
  ): Promise<void> {
    const note = noteOf(cause);
    if (note === UNFORESEEN) logger.error({ err: cause, channel: channel.name }, 'a channel has a fault');
    const { id, notice, createdAtMs } = notification;
    const asked = cause instanceof SendFailed ? Math.min(cause.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) : 0;
    const nextTryAtMs = clock.now() + Math.max(asked, pauseMs(id, tries));
    if (asked > 0) pausedUntilMs = clock.now() + asked;
    const fields = { channel: channel.name, notification: id, kind: notice.kind, tries, note };
    if ((cause instanceof SendFailed && cause.isFinal) || nextTryAtMs - createdAtMs > GIVE_UP_MS) {
      logger.error(fields, 'a notification was given up');
      count('failed');
      return settle(notification, { state: 'failed', tries, note, nextTryAtMs: undefined });
    }
    logger.warn({ ...fields, retryInMs: nextTryAtMs - clock.now() }, 'a notification was not taken');
    count('retried');
    // Also when it is not written, or only half-way: what is written next is newer.
    waiting.set(id, { ...notification, tries, note, nextTryAtMs, seq: notification.seq + 1 });
    try {
      waiting.set(id, await record(notification, { tries, note, nextTryAtMs }));
    } catch (cause) {
      // The try is not lost, only its count: a start in between tries sooner.
      logger.warn({ err: cause, channel: channel.name }, 'a try was not recorded');
    }
  }

  /** Until it is written: what was sent and is not known as sent would be sent again. */
  async function settle(notification: Notification, changes: Partial<Notification>): Promise<void> {
    for (;;) {
      try {
        await record(notification, changes);
        waiting.delete(notification.id);
        return;
      } catch (cause) {
        logger.warn({ err: cause, channel: channel.name }, 'what became of a notification is not recorded yet');
        await clock.sleep(RECORD_AGAIN_MS, cutting.signal);
        if (cutting.signal.aborted) return;
      }
    }
  }

  return {
    add: (notification) => {
      waiting.set(notification.id, notification);
      bell.abort();
    },
    run,
    stop: () => {
      stopping.abort();
      bell.abort();
    },
    cut: () => cutting.abort(),
    size: () => waiting.size,
  };
}

function dueAtMs({ nextTryAtMs = 0 }: Notification): number {
  return nextTryAtMs;
}

function pauseMs(id: string, tries: number): number {
  const pause = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1));
  const fraction = createHash('sha256').update(`${id} ${tries}`).digest().readUInt32BE() / 2 ** 32;
  return Math.round(pause * (1 - JITTER + 2 * JITTER * fraction));
}

/** Only what is known to hold no secret is kept. */
function noteOf(cause: unknown): string {
  return cause instanceof SendFailed || cause instanceof Failure ? cause.message : UNFORESEEN;
}
