// Firings → attempts. Firings are held for a moment: of those for one target the rule of the highest priority acts, and
// when too many targets fire at once none is acted on. What is not done is recorded too, with its reason.
import type { HealingError } from '../store/attempt-store.ts';
import { attemptIdOf } from './attempt-id.ts';
import type { Attempt, Suppression } from './attempt.ts';
import { hasActed } from './breaker.ts';
import { GATHER_MS, createCommonCause } from './common-cause.ts';
import { createFairLine } from './fair-line.ts';
import type { Firing } from './firing.ts';
import type { FixAnswer } from './healing.ts';
import { firingByHand, newAttempt, slotOf } from './new-attempt.ts';
import { knows, yieldsTo } from './precedence.ts';
import { rehearse } from './rehearse.ts';
import { hasSteps } from './rule-steps.ts';
import type { Runner, RunnerDeps } from './runner.ts';
import type { Target } from './target.ts';
import { newsOf, untoldGroups } from './untold.ts';

export interface DispatchSettings {
  readonly commonCause: { readonly targets: number; readonly withinMs: number };
}

export interface DispatchDeps extends RunnerDeps {
  readonly runner: Runner;
}

export interface Dispatcher {
  add(firings: readonly Firing[]): void;
  /** By hand: see healing.ts. */
  fix(error: HealingError, options: { readonly dryRun: boolean; readonly by: string }): Promise<FixAnswer>;
  /** `received_at` of the oldest error whose firing is still to be decided, in ms; undefined: all are. */
  undecidedMs(): number | undefined;
  idle(): Promise<void>;
}

/** Equal suppressions of one rule and key within this time are one record that counts. */
const SAME_SUPPRESSION_MS = 600_000;

/** A target that was just looked at, to no avail, is not probed again sooner. */
const LOOK_AGAIN_MS = 60_000;

/** Limits that a problem which goes on runs into: then people must know. */
const HANDED_OVER: ReadonlySet<Suppression> = new Set(['attempts', 'breaker_open']);

/** These do not stop the diagnosis: what would be done is worth knowing. */
const STILL_LOOKS: ReadonlySet<Suppression> = new Set(['observe', 'paused']);

/** A call by hand is answered with what the diagnosis said, if it says it this soon. */
const ANSWER_WITHIN_MS = 5_000;
const ANSWER_EVERY_MS = 50;

/** A firing that the store or the engine kept from being decided for so long is out of date. */
const DECIDE_WITHIN_MS = 300_000;

interface Located {
  readonly firing: Firing;
  readonly target: Target;
}

export function createDispatcher(settings: DispatchSettings, deps: DispatchDeps): Dispatcher {
  const { log, guardian, runner, clock } = deps;
  const commonCause = createCommonCause(settings.commonCause);
  let pending: Firing[] = [];
  let deciding: readonly Firing[] = [];
  let gathering: Promise<void> | undefined;
  /** Only handed over: they wait for nothing that acts, and nothing that acts waits for them. */
  const handing = createFairLine<Located>({
    companyOf: ({ firing }) => firing.cause.companyId,
    work: async (one) => {
      if (!(await tryTo(one.firing, () => start(one)))) add([one.firing]);
    },
    signal: deps.signal,
  });
  /** Targets whose attempt is being written. */
  const starting = new Map<string, Promise<Attempt>>();

  function add(firings: readonly Firing[]): void {
    pending.push(...firings);
    gathering ??= gather().finally(() => {
      gathering = undefined;
    });
  }

  async function gather(): Promise<void> {
    while (pending.length > 0 && !deps.signal.aborted) {
      await clock.sleep(GATHER_MS, deps.signal);
      deciding = pending;
      pending = [];
      const failed = await decide(deciding);
      deciding = [];
      pending.push(...failed);
    }
  }

  /** Those that could not be decided (the store or the engine is away), for another try. */
  async function decide(firings: readonly Firing[]): Promise<readonly Firing[]> {
    const failed: Firing[] = [];
    const orLater = async (firing: Firing, work: () => Promise<void>): Promise<void> => {
      if (!(await tryTo(firing, work))) failed.push(firing);
    };
    const located: Located[] = [];
    for (const firing of firings.toSorted((a, b) => b.rule.priority - a.rule.priority)) {
      if (log.current(attemptIdOf(firing)) !== undefined) continue;
      await orLater(firing, async () => {
        const one = await locate(firing, located);
        if (one !== undefined) located.push(one);
      });
    }
    handing.add(located.filter(({ firing }) => !hasSteps(firing.rule)));
    const acting = located.filter(({ firing }) => hasSteps(firing.rule));
    const stop = stopOf(acting);
    for (const one of acting) {
      const isStopped = stop?.targets.has(one.target.key) === true;
      await orLater(one.firing, () => (isStopped ? stopAt(one, stop) : start(one)));
    }
    return failed;
  }

  /** false: not now, and it is not too late yet for another try. */
  async function tryTo(firing: Firing, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (cause) {
      const isLate = clock.now() - firing.cause.firedAtMs > DECIDE_WITHIN_MS;
      deps.logger.warn({ err: cause, ruleId: firing.rule.id, isLate }, 'a firing was not decided');
      return isLate;
    }
  }

  /** undefined: it was suppressed. Another key of a rule that is among `before` joins what becomes of the first. */
  async function locate(firing: Firing, before: readonly Located[]): Promise<Located | undefined> {
    const found = await deps.finder.find(firing.rule, firing.error);
    if (found.kind === 'suppressed') return void (await suppress(firing, found));
    const { target } = found;
    const other = before.find((one) => one.target.key === target.key && yieldsTo(firing, one.firing.rule));
    if (other === undefined) return { firing, target };
    const note = `rule ${other.firing.rule.id} fired for it at the same time`;
    return void (await suppress(firing, { reason: 'busy', note }, target));
  }

  /** undefined: they may go on. */
  function stopOf(acting: readonly Located[]) {
    if (acting.length === 0) return undefined;
    const verdict = commonCause.decide(acting.map(({ target }) => ({ targetKey: target.key, atMs: clock.now() })));
    if (verdict.kind === 'go') return undefined;
    return { note: verdict.note, left: verdict.first ? 1 : 0, targets: new Set(verdict.targets) };
  }

  async function stopAt({ firing, target }: Located, stop: { readonly note: string; left: number }): Promise<void> {
    if (stop.left === 0) return void (await suppress(firing, { reason: 'common_cause', note: stop.note }, target));
    const { to, ask } = firing.rule.escalate;
    const attempt = blank(firing, target, { mode: guardian.modeOf(firing.rule, target), requestedBy: 'rule' });
    const ended = await log.begin({
      ...attempt,
      state: 'ended',
      outcome: 'escalated',
      suppression: 'common_cause',
      finding: 'COMMON_CAUSE',
      note: stop.note,
      escalatedTo: to,
      questions: ask,
      endedAtMs: clock.now(),
    });
    stop.left -= 1;
    deps.onNews?.(ended);
  }

  async function start({ firing: fired, target }: Located): Promise<void> {
    await markRelapse(fired);
    const slot = slotOf(fired, target);
    const held = await heldBy(fired, target);
    const lately = lookedLately(fired, slot);
    const known = held ?? lately.at(-1);
    const told = held === undefined ? lately : [...lately, held];
    const firing = known === undefined ? fired : await newsOf(fired, told, deps.store);
    if (firing === undefined) return known && log.join(known.id);
    const unavailable = guardian.unavailable(firing.rule);
    if (unavailable !== '') return void (await suppress(firing, { reason: 'unavailable', note: unavailable }, target));
    const attempt = blank(firing, slot, { mode: guardian.modeOf(firing.rule, target), requestedBy: 'rule' });
    const verdict = hasSteps(firing.rule) ? guardian.mayAct(firing.rule, target, attempt) : undefined;
    if (verdict !== undefined && !STILL_LOOKS.has(verdict.reason))
      return void (await suppress(firing, verdict, target));
    await begin(attempt, firing, slot);
  }

  /** The open attempt that this firing is part of. */
  async function heldBy(firing: Firing, target: Target): Promise<Attempt | undefined> {
    const held = async ({ key }: Target) => runner.holder(key) ?? (await starting.get(key));
    const onTarget = await held(target);
    const rule = deps.rules().find(({ id }) => id === onTarget?.ruleId);
    const isPart = hasSteps(firing.rule) || (rule !== undefined && knows(rule, firing.error));
    return isPart ? onTarget : held(slotOf(firing, target));
  }

  function begin(attempt: Attempt, firing: Firing, target: Target): Promise<Attempt> {
    const begun = log.begin(attempt).then((written) => {
      void runner.run(written, { rule: firing.rule, subject: { error: firing.error, target } });
      return written;
    });
    starting.set(target.key, begun);
    return begun.finally(() => starting.delete(target.key));
  }

  /** Oldest first. */
  function lookedLately({ rule, cause }: Firing, target: Target): readonly Attempt[] {
    const nowMs = clock.now();
    return log.recent().filter((attempt) => {
      if (attempt.targetKey !== target.key || attempt.actedAtMs > 0) return false;
      if (attempt.requestedBy !== 'rule' || !isOf(attempt, { rule, cause })) return false;
      // What stopped it may be over (a pause, a deployment): then there is no reason to wait.
      const { suppression } = attempt;
      if (suppression !== undefined && guardian.mayAct(rule, target, attempt)?.reason !== suppression) return false;
      const quietMs = attempt.state === 'ended' ? rule.limits.cooldownMs : LOOK_AGAIN_MS;
      return Object.keys(attempt.facts).length > 0 && nowMs - attempt.startedAtMs < quietMs;
    });
  }

  /** A success that did not last is none: the breaker must count it. */
  async function markRelapse({ rule, cause, error }: Firing): Promise<void> {
    const last = log.recent().findLast((attempt) => isOf(attempt, { rule, cause }) && attempt.actedAtMs > 0);
    if (last?.outcome !== 'succeeded' || last.endedAtMs === undefined) return;
    const afterMs = error.timestampMs - last.endedAtMs;
    if (afterMs <= 0 || afterMs > rule.verify.relapseMs) return;
    const note = `${last.note}; it came back ${Math.round(afterMs / 1000)} s after that`;
    await log.advance(last, { outcome: 'relapsed', note });
  }

  async function suppress(
    firing: Firing,
    { reason, note }: { readonly reason: Suppression; readonly note: string },
    target?: Target,
  ): Promise<Attempt> {
    const same = log.recent().findLast((attempt) => {
      const isSame =
        isOf(attempt, firing) && (hasSteps(firing.rule) || untoldGroups(firing.cause, [attempt.cause]).length === 0);
      return isSame && attempt.suppression === reason && clock.now() - attempt.startedAtMs < SAME_SUPPRESSION_MS;
    });
    if (same !== undefined) {
      await log.join(same.id);
      return same;
    }
    const { to, ask } = firing.rule.escalate;
    const isNews = HANDED_OVER.has(reason) && !wasHandedOver(firing, reason, target);
    const handedOver = isNews ? { escalatedTo: to, questions: ask } : {};
    const suppressed = await log.begin({
      ...blank(firing, target, { mode: guardian.modeOf(firing.rule, target), requestedBy: 'rule' }),
      ...handedOver,
      state: 'suppressed',
      suppression: reason,
      note,
      endedAtMs: clock.now(),
    });
    deps.logger.info({ attempt: suppressed.id, ruleId: firing.rule.id, reason, note }, 'a fix was suppressed');
    deps.onNews?.(suppressed);
    return suppressed;
  }

  /** People are told once that a limit was reached, however many keys run into it; again when it was acted meanwhile. */
  function wasHandedOver({ rule }: Firing, reason: Suppression, target: Target | undefined): boolean {
    const last = log.recent().findLast((attempt) => {
      const isHandOver = attempt.suppression === reason && attempt.escalatedTo !== '';
      return attempt.ruleId === rule.id && attempt.targetKey === target?.key && (isHandOver || hasActed(attempt));
    });
    return last?.suppression === reason;
  }

  async function fix(error: HealingError, { dryRun, by }: { dryRun: boolean; by: string }): Promise<FixAnswer> {
    const knowing = deps
      .rules()
      .toSorted((a, b) => b.priority - a.priority)
      .filter((one) => knows(one, error))
      .map((one) => ({ rule: one, unavailable: guardian.unavailable(one) }));
    const rule = knowing.find(({ unavailable }) => unavailable === '')?.rule;
    if (rule === undefined) return { kind: 'no_rule', unavailable: knowing };
    const found = await deps.finder.find(rule, error);
    if (found.kind === 'suppressed') return { ...found, attempt: undefined };
    const firing = firingByHand(rule, error, clock.now());
    const mode = guardian.modeOf(rule, found.target);
    // Asked for by a person or an agent, a rule that only observes acts; one that asks for approval still asks.
    const slot = slotOf(firing, found.target);
    const attempt = blank(firing, slot, { mode: mode === 'observe' ? 'auto' : mode, requestedBy: by });
    if (dryRun) {
      const subject = { error, target: found.target };
      return rehearse(attempt, { rule, subject }, { guardian, diagnosis: runner.diagnosis, actions: deps.actions });
    }
    const begun = (await heldBy(firing, found.target)) ?? (await begin(attempt, firing, slot));
    return answerOf(await settled(begun));
  }

  /** As it is when the diagnosis is done, or after a while. */
  async function settled(begun: Attempt): Promise<Attempt> {
    const untilMs = clock.now() + ANSWER_WITHIN_MS;
    for (;;) {
      const attempt = log.current(begun.id) ?? begun;
      const isLooking = attempt.state === 'matched' || attempt.state === 'diagnosing' || attempt.state === 'diagnosed';
      if (!isLooking || clock.now() >= untilMs || deps.signal.aborted) return attempt;
      await clock.sleep(ANSWER_EVERY_MS, deps.signal);
    }
  }

  return {
    add,
    fix,
    undecidedMs: () => {
      // Of a storm there are too many for the arguments of one call.
      return [...pending, ...deciding, ...handing.waiting().map(({ firing }) => firing)]
        .map(({ error }) => error.receivedAtMs)
        .reduce<number | undefined>((least, ms) => Math.min(least ?? ms, ms), undefined);
    },
    idle: async () => void (await Promise.all([gathering, handing.idle()])),
  };

  function blank(
    firing: Firing,
    target: Target | undefined,
    { mode, requestedBy }: Pick<Attempt, 'mode' | 'requestedBy'>,
  ): Attempt {
    const id = requestedBy === 'rule' ? attemptIdOf(firing) : deps.newId();
    return newAttempt(firing, target, { id, mode, requestedBy, startedAtMs: clock.now() });
  }
}

function answerOf(attempt: Attempt): FixAnswer {
  if (attempt.suppression === undefined) return { kind: 'attempt', attempt };
  return { kind: 'suppressed', reason: attempt.suppression, note: attempt.note, attempt };
}

/** One company's errors never touch another's attempts. */
function isOf(attempt: Attempt, { rule, cause }: Pick<Firing, 'rule' | 'cause'>): boolean {
  const { companyId, key } = attempt.cause;
  return attempt.ruleId === rule.id && companyId === cause.companyId && key === cause.key;
}
