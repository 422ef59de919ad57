// Attempts that run: at most one per target, each on its own. Whatever throws in one (the store is away) leaves it at its
// last durable event; it is resumed from there a little later, like after a start.
import { Failure } from '../failure.ts';
import { toAttempt } from './attempt-log.ts';
import type { AttemptLog } from './attempt-log.ts';
import type { Attempt, AttemptState } from './attempt.ts';
import { conflict } from './conflict.ts';
import type { DiagnoseDeps } from './diagnose.ts';
import type { HealingDeps } from './engine.ts';
import type { Guardian } from './guardian.ts';
import type { Undo } from './healing.ts';
import type { ErrorRates } from './probe.ts';
import type { Rule } from './rule.ts';
import { createAttemptRun } from './run-attempt.ts';
import type { RunDeps, Running } from './run-deps.ts';
import type { Target } from './target.ts';
import type { TargetFinder } from './target-finder.ts';

export interface RunnerDeps extends HealingDeps {
  readonly log: AttemptLog;
  readonly guardian: Guardian;
  readonly finder: TargetFinder;
  readonly signal: AbortSignal;
}

export interface Runner {
  /** Runs it from `matched` until it ends, waits for approval, or the process stops. */
  run(attempt: Attempt, running: Running): Promise<void>;
  /** For a rehearsal. */
  readonly diagnosis: DiagnoseDeps;
  /** The open attempt on a target. */
  holder(targetKey: string): Attempt | undefined;
  /** Attempts that a stop or a crash left open. */
  resumeOpen(): Promise<void>;
  approve(attempt: Attempt, by: string): Promise<Attempt>;
  reject(attempt: Attempt, answer: { readonly by: string; readonly reason: string }): Promise<Attempt>;
  rollback(attempt: Attempt, undo: Undo): Promise<Attempt>;
  /** Resolves when nothing runs. */
  idle(): Promise<void>;
}

const OPEN: readonly AttemptState[] = [
  'matched',
  'diagnosing',
  'diagnosed',
  'waiting',
  'awaiting_approval',
  'acting',
  'verifying',
  'rolling_back',
];

const MAX_OPEN = 1_000;
const GONE = 'its rule, its error or its container is no longer there';

const RESUME_AFTER_MS = 5_000;
const CHECK_APPROVAL_MS = 1_000;
const PARK_WITHIN_MS = 2_000;

/** What was changed by now can't be told apart from what somebody else did. */
const MAX_ROLLBACK_AGE_MS = 24 * 3_600_000;

export function createRunner({ approvalMs }: { readonly approvalMs: number }, deps: RunnerDeps): Runner {
  const tasks = new Set<Promise<void>>();
  const held = new Map<string, string>();
  /** What an attempt that waits for approval needs to go on. */
  const parked = new Map<string, Running>();

  const runDeps: RunDeps = {
    log: deps.log,
    store: deps.store,
    probes: deps.probes,
    actions: deps.actions,
    clock: deps.clock,
    signal: deps.signal,
    approvalMs,
    context: {
      engine: deps.engine,
      errors: errorRatesOf(deps.store),
      secret: deps.secret,
      mark: (traffic) => deps.echo.mark(traffic),
      now: deps.clock.now,
    },
    actionContext: {
      engine: deps.engine,
      secret: deps.secret,
      mark: (traffic) => deps.echo.mark(traffic),
      now: deps.clock.now,
      catalogue: deps.catalogue,
    },
    look: (target) => deps.finder.look(target),
    isPaused: () => deps.guardian.isPaused(),
    guard: (rule, target, attempt) => deps.guardian.mayAct(rule, target, attempt),
    resolve,
  };

  function track(work: Promise<void>): Promise<void> {
    tasks.add(work);
    return work.finally(() => tasks.delete(work));
  }

  /** Runs `work` on an attempt; when that fails, resumes it until it comes to an end. */
  async function drive(attempt: Attempt, running: Running, work: () => Promise<Attempt>): Promise<void> {
    held.set(attempt.targetKey, attempt.id);
    let next = work;
    for (;;) {
      try {
        const left = await next();
        if (left.state === 'awaiting_approval') return park(left, running);
        if (deps.signal.aborted && left.state !== 'ended' && left.state !== 'suppressed') return;
        return release(left);
      } catch (cause) {
        deps.logger.warn({ err: cause, attempt: attempt.id }, 'an attempt was interrupted and will be resumed');
        await deps.clock.sleep(RESUME_AFTER_MS, deps.signal);
        if (deps.signal.aborted) return;
        next = () => createAttemptRun(running, runDeps).resume(deps.log.current(attempt.id) ?? attempt);
      }
    }
  }

  function release(attempt: Attempt): void {
    held.delete(attempt.targetKey);
    parked.delete(attempt.id);
    const { id, ruleId, targetName, finding, outcome, suppression, note, escalatedTo } = attempt;
    deps.logger.info(
      { attempt: id, ruleId, targetName, finding, outcome, suppression, note, escalatedTo },
      'an attempt ended',
    );
    deps.onNews?.(attempt);
  }

  function park(attempt: Attempt, running: Running): void {
    parked.set(attempt.id, running);
    deps.onNews?.(attempt);
    void track(expire(attempt));
  }

  async function expire(attempt: Attempt): Promise<void> {
    while (parked.has(attempt.id) && !deps.signal.aborted) {
      if (deps.clock.now() < (attempt.dueAtMs ?? 0)) {
        await deps.clock.sleep(CHECK_APPROVAL_MS, deps.signal);
        continue;
      }
      const running = takeParked(attempt.id);
      if (running === undefined) return;
      const { to, ask } = running.rule.escalate;
      const expired = {
        outcome: 'expired',
        note: 'nobody approved it in time',
        escalatedTo: to,
        questions: ask,
      } as const;
      try {
        await orPark(attempt, running, () => end(attempt, expired));
      } catch (cause) {
        deps.logger.warn({ err: cause, attempt: attempt.id }, 'an approval could not be ended');
        await deps.clock.sleep(RESUME_AFTER_MS, deps.signal);
      }
    }
  }

  async function end(attempt: Attempt, changes: Partial<Attempt>): Promise<Attempt> {
    const endedAtMs = deps.clock.now();
    const ended = await deps.log.advance(attempt, { ...changes, state: 'ended', endedAtMs, dueAtMs: undefined });
    release(ended);
    return ended;
  }

  /** One caller gets it: a second approval of the same attempt finds nothing. */
  function takeParked(id: string): Running | undefined {
    const running = parked.get(id);
    parked.delete(id);
    return running;
  }

  /** What could not be written did not happen: it waits on. */
  async function orPark(attempt: Attempt, running: Running, write: () => Promise<Attempt>): Promise<Attempt> {
    try {
      return await write();
    } catch (cause) {
      parked.set(attempt.id, running);
      throw cause;
    }
  }

  /** Every group that was counted is resolved up to now; what comes later opens it again. */
  async function resolve(attempt: Attempt): Promise<void> {
    const { companyId, fingerprints } = attempt.cause;
    const actions = attempt.steps.map(({ action }) => action).join(', ') || 'nothing was changed';
    const notes = `${attempt.finding}: ${actions}. Attempt ${attempt.id}, ${JSON.stringify(attempt.verification)}`;
    for (const fingerprint of fingerprints) {
      const [newest] = (await deps.store.listErrors({ companyId, fingerprint, limit: 1 })).errors;
      if (newest !== undefined) await deps.store.resolve(companyId, newest.id, { scope: 'group', notes, by: 'errata' });
    }
  }

  async function resumeOpen(): Promise<void> {
    const open = (await deps.store.listAttempts({ state: OPEN, limit: MAX_OPEN })).map(toAttempt);
    const parking: Promise<void>[] = [];
    for (const attempt of open) {
      held.set(attempt.targetKey, attempt.id);
      const resumed = track(resumeOne(attempt));
      if (attempt.state === 'awaiting_approval') parking.push(resumed);
    }
    // Who approves one at once must find it; while its engine is away, that takes longer.
    const over = new AbortController();
    await Promise.race([Promise.all(parking), deps.clock.sleep(PARK_WITHIN_MS, over.signal)]);
    over.abort();
  }

  async function resumeOne(attempt: Attempt): Promise<void> {
    while (!deps.signal.aborted) {
      try {
        const running = await runningOf(attempt);
        if (running === undefined) return void (await end(attempt, { outcome: 'superseded', note: GONE }));
        if (attempt.state === 'awaiting_approval') return park(attempt, running);
        return await drive(attempt, running, () => createAttemptRun(running, runDeps).resume(attempt));
      } catch (cause) {
        // The engine or the store is away, maybe for the same reason as we were.
        deps.logger.warn({ err: cause, attempt: attempt.id }, 'an open attempt can not be resumed yet');
        await deps.clock.sleep(RESUME_AFTER_MS, deps.signal);
      }
    }
  }

  async function runningOf(attempt: Attempt): Promise<Running | undefined> {
    const rule: Rule | undefined = deps.rules().find(({ id }) => id === attempt.ruleId);
    const target: Target | undefined = await deps.finder.again(attempt);
    const error = await deps.store.getError(attempt.cause.companyId, attempt.cause.errorId);
    return rule === undefined || target === undefined || error === undefined
      ? undefined
      : { rule, subject: { error, target } };
  }

  return {
    diagnosis: runDeps,
    run: (attempt, running) => track(drive(attempt, running, () => createAttemptRun(running, runDeps).run(attempt))),
    holder: (targetKey) => {
      const id = held.get(targetKey);
      return id === undefined ? undefined : deps.log.current(id);
    },
    resumeOpen,
    approve: async (attempt, by) => {
      const running = takeParked(attempt.id);
      if (running === undefined) throw conflict(attempt, 'does not wait for approval');
      const consent = { state: 'acting', note: `approved by ${by}`, dueAtMs: undefined } as const;
      const approved = await orPark(attempt, running, () => deps.log.advance(attempt, consent));
      void track(drive(approved, running, () => createAttemptRun(running, runDeps).approved(approved)));
      return approved;
    },
    reject: async (attempt, { by, reason }) => {
      const running = takeParked(attempt.id);
      if (running === undefined) throw conflict(attempt, 'does not wait for approval');
      const rejected = { outcome: 'rejected', note: `rejected by ${by}: ${reason}` } as const;
      return orPark(attempt, running, () => end(attempt, rejected));
    },
    rollback: async (attempt, { by, reason, consents }) => {
      const running = await runningOf(attempt);
      if (deps.guardian.isPaused()) throw conflict(attempt, 'can not be undone while fixes are paused');
      if (attempt.state !== 'ended') throw conflict(attempt, 'still runs');
      if (held.has(attempt.targetKey))
        throw conflict(attempt, 'can not be undone while another one works on its target');
      if (deps.clock.now() - attempt.updatedAtMs > MAX_ROLLBACK_AGE_MS)
        throw conflict(attempt, 'is too old to be undone');
      const undoable = attempt.steps.some(
        (step) => step.state === 'done' && deps.actions.get(step.action)?.undo !== undefined,
      );
      if (running === undefined || !undoable) throw conflict(attempt, 'has nothing that can be undone');
      const mode = deps.guardian.modeOf(running.rule, running.subject.target);
      if (mode !== 'auto' && !consents)
        throw new Failure('FORBIDDEN', `the mode is ${mode}: a person must do it, with a token that may approve`);
      const note = `undone by ${by}${reason === undefined ? '' : `: ${reason}`}`;
      const rolling = await deps.log.advance(attempt, { state: 'rolling_back', note });
      const undo = { outcome: 'rolled_back', note } as const;
      await track(drive(rolling, running, () => createAttemptRun(running, runDeps).rollBack(rolling, undo)));
      return deps.log.current(attempt.id) ?? rolling;
    },
    idle: async () => void (await Promise.all(tasks)),
  };
}

function errorRatesOf(store: HealingDeps['store']): ErrorRates {
  return {
    countErrors: async (query) => (await store.countForVerification({ ...query, fingerprints: [] })).ofService,
  };
}
