// The AttemptStore's writes and its settings. An event is an insert of its own: it must be durable before the next thing
// happens, and must not wait behind thousands of errors.
import type { Aliases } from './aliases.ts';
import type { AttemptEvent, AttemptStore } from './attempt-store.ts';
import type { FixMarks } from './fix-marks.ts';
import { ATTEMPT_COLUMNS, selectSetting } from './queries-attempts.ts';
import { createAttemptReads } from './read-attempts.ts';
import { toDateTime64 } from './rows.ts';
import type { Runner } from './run.ts';

interface AttemptDeps {
  readonly writes: Runner;
  readonly reads: Runner;
  readonly aliases: Aliases;
  readonly fixMarks: FixMarks;
  readonly now: () => number;
  /** Resolves when the tables are there. */
  readonly ready: () => Promise<void>;
}

export function createAttempts({
  writes,
  reads,
  aliases,
  fixMarks,
  now,
  ready,
}: AttemptDeps): Omit<AttemptStore, 'storedUntilMs'> {
  let lastVersion = 0;

  async function appendAttempt(event: AttemptEvent): Promise<void> {
    await ready();
    try {
      await writes.insert('attempt_events', ATTEMPT_COLUMNS, [toRow(event)]);
    } finally {
      // What failed half-way may be stored all the same.
      if (event.actedAtMs > 0) fixMarks.forget(event.companyId);
    }
  }

  async function setSetting(name: string, value: string): Promise<void> {
    await ready();
    // By the clock between processes, and rising within this one: the later change wins.
    lastVersion = Math.max(now() * 1000, lastVersion + 1);
    await writes.insert('settings', ['name', 'version', 'value'], [[name, lastVersion, value]]);
  }

  return {
    appendAttempt,
    setSetting,
    getSetting: async (name) => (await reads.rows<{ value: string }>(selectSetting(name)))[0]?.value,
    ...createAttemptReads(reads, aliases),
  };
}

function toRow(event: AttemptEvent): readonly unknown[] {
  return [
    event.companyId,
    event.attemptId,
    event.seq,
    toDateTime64(event.atMs),
    event.state,
    event.ruleId,
    event.targetKey,
    event.outcome,
    event.suppression,
    toDateTime64(event.startedAtMs),
    toDateTime64(event.actedAtMs),
    event.errorId,
    event.fingerprints,
    event.attempt,
  ];
}
