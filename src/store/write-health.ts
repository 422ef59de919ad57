// Does the store take inserts? Reads say nothing about it: a full disk answers every question. What the last insert said
// holds until one succeeds; who is asked nothing any more, because it is not ready, tries a small one itself.
import { Failure } from '../failure.ts';
import { isDiskFull } from './disk-full.ts';

export interface WriteHealth {
  /** What became of an insert; undefined: it is durable. */
  heard(failure: Failure | undefined): void;
  /** Throws STORE_UNAVAILABLE with the cause. */
  check(): Promise<void>;
}

interface WriteHealthDeps {
  /** A small, durable insert; what becomes of it is heard like that of all others. */
  readonly tryInsert: () => Promise<void>;
  readonly now: () => number;
}

const TRY_EVERY_MS = 3_000;

export function createWriteHealth({ tryInsert, now }: WriteHealthDeps): WriteHealth {
  let failed: Failure | undefined;
  let triedAtMs = -TRY_EVERY_MS;

  async function check(): Promise<void> {
    if (failed === undefined) return;
    if (now() - triedAtMs >= TRY_EVERY_MS) {
      triedAtMs = now();
      // Heard, as all are.
      await tryInsert().catch(() => undefined);
    }
    // Read anew: the insert may have changed it.
    throwIf(failed);
  }

  return {
    heard: (failure) => void (failed = failure),
    check,
  };
}

function throwIf(failed: Failure | undefined): void {
  if (failed === undefined) return;
  const why = isDiskFull(failed.cause) ? 'its disk is full' : failed.message;
  throw new Failure('STORE_UNAVAILABLE', `the store takes no inserts: ${why}`, { cause: failed });
}
