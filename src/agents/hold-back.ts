// What of one channel is told at once, and what waits for the digest.
import type { Notice, NoticeKind, Notification } from './notice.ts';

export interface HoldBack {
  /** Why it waits; undefined: it is a message, and counts as one from now on. */
  reasonToHold(notice: Notice): string | undefined;
  /** It did not become a message after all. */
  forget(notice: Notice): void;
  /** It was given up: who comes next with its key is no repetition. It still counts for the rate. */
  fail(notification: Notification): void;
  /** A message of before the start. */
  restore(notification: Notification): void;
}

/** Of one trouble nobody learns more by the second message within an hour; when it goes on longer, it is said again. */
export const QUIET_MS = 3_600_000;

/** As many as a person still reads one by one. A flood of them hides the one that matters. */
const MAX_MESSAGES = 10;
const RATE_WINDOW_MS = 300_000;

/** Somebody waits for the answer, and not for ever. */
const ALWAYS: ReadonlySet<NoticeKind> = new Set(['approval_needed', 'delegation_opened']);

export function createHoldBack(now: () => number): HoldBack {
  /** When each key was told, oldest first. */
  const told = new Map<string, number>();
  let messages: number[] = [];

  function forgetOld(): void {
    for (const [key, atMs] of told) {
      if (now() - atMs < QUIET_MS) break;
      told.delete(key);
    }
    messages = messages.filter((atMs) => now() - atMs < RATE_WINDOW_MS);
  }

  function count(notice: Notice, atMs: number): void {
    told.delete(keyOf(notice));
    told.set(keyOf(notice), atMs);
    if (!ALWAYS.has(notice.kind)) messages.push(atMs);
  }

  return {
    reasonToHold: (notice) => {
      forgetOld();
      if (told.has(keyOf(notice))) return 'told within the last hour';
      if (!ALWAYS.has(notice.kind) && messages.length >= MAX_MESSAGES) return 'too many messages in five minutes';
      count(notice, now());
      return undefined;
    },
    forget: (notice) => {
      const index = messages.indexOf(told.get(keyOf(notice)) ?? 0);
      if (index >= 0 && !ALWAYS.has(notice.kind)) messages.splice(index, 1);
      told.delete(keyOf(notice));
    },
    fail: ({ notice, createdAtMs }) => {
      // After that time the key may be a later one's.
      if (now() - createdAtMs < QUIET_MS) told.delete(keyOf(notice));
    },
    restore: ({ notice, createdAtMs }) => count(notice, createdAtMs),
  };
}

function keyOf({ companyId, key }: Notice): string {
  return `${companyId} ${key}`;
}
