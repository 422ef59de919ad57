// Who is heard next: companies take turns, so that one's flood does not keep another's error waiting. Of one company one
// attempt at a time, in the order they came.
import { Failure } from '../failure.ts';
import type { Attempt } from '../healing/attempt.ts';
import type { Clock } from '../healing/clock.ts';

export interface Hearing {
  add(attempt: Attempt): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

interface HearingDeps {
  readonly hear: (attempt: Attempt) => Promise<void>;
  /** What is not heard by then waits for the next start. */
  readonly stopping: AbortSignal;
  readonly clock: Clock;
  readonly logger: { warn(fields: object, message: string): void };
}

/** Companies that are heard at once: the store has others to serve, and writes one insert after the other. */
const MAX_AT_ONCE = 4;

/** Of one company, because it has many or the store is away; more are found at a later start. */
const MAX_UNHEARD = 10_000;

const RETRY_MS = 5_000;

export function createHearing({ hear, stopping, clock, logger }: HearingDeps): Hearing {
  /** Of each company, oldest first; that whose turn is next comes first. */
  const waiting = new Map<number, Attempt[]>();
  const underWay = new Map<number, Promise<void>>();

  function add(attempt: Attempt): void {
    const { companyId } = attempt.cause;
    const attempts = waiting.get(companyId) ?? [];
    if (attempts.length >= MAX_UNHEARD) {
      return logger.warn({ attempt: attempt.id }, 'too many attempts wait to be heard: found again at a later start');
    }
    attempts.push(attempt);
    waiting.set(companyId, attempts);
    hearNext();
  }

  function hearNext(): void {
    for (const [companyId, attempts] of waiting) {
      if (underWay.size >= MAX_AT_ONCE || stopping.aborted) return;
      if (underWay.has(companyId)) continue;
      waiting.delete(companyId);
      const [attempt] = attempts;
      if (attempt === undefined) continue;
      waiting.set(companyId, attempts);
      const done = hearOne(attempt).then((isHeard) => {
        if (isHeard) attempts.shift();
        underWay.delete(companyId);
        hearNext();
      });
      underWay.set(companyId, done);
    }
  }

  /** false: the same again. */
  async function hearOne(attempt: Attempt): Promise<boolean> {
    try {
      await hear(attempt);
    } catch (cause) {
      const isRetried = cause instanceof Failure && cause.retryable;
      logger.warn({ err: cause, attempt: attempt.id, isRetried }, 'an attempt was not heard');
      if (!isRetried) return true;
      await clock.sleep(RETRY_MS, stopping);
      return false;
    }
    return true;
  }

  return { add, idle: async () => void (await Promise.all(underWay.values())) };
}
