// Drives one attempt from where it stands to its end (see attempt.ts for the states). The plan's steps are a ladder: the
// next one is taken when the one before failed or, as verification shows, did not help. The last rung is a hand-over.
import type { Attempt, Outcome, Step } from './attempt.ts';
import { createCarrier } from './carry-out.ts';
import { chooseBranch } from './choose-branch.ts';
import { diagnose } from './diagnose.ts';
import { end, handOver, noteOf, suppress } from './end-attempt.ts';
import type { Facts } from './facts.ts';
import { pastFacts } from './past-facts.ts';
import { plannedParams } from './planned-params.ts';
import { resolveParams } from './references.ts';
import { hasSteps } from './rule-steps.ts';
import type { Branch, StepCall } from './rule.ts';
import type { RunDeps, Running } from './run-deps.ts';
import { verify, verifyEndsAtMs } from './verify.ts';
import type { Verification } from './verify.ts';

/** Each resolves at an end state, at `awaiting_approval`, or, when the process stops, wherever it stands. */
export interface AttemptRun {
  /** From `matched`. */
  run(begun: Attempt): Promise<Attempt>;
  /** After a person's consent: only if the diagnosis still says the same. */
  approved(attempt: Attempt): Promise<Attempt>;
  /** After a start: what was under way when the process ended. */
  resume(attempt: Attempt): Promise<Attempt>;
  /** Undoes what can be undone, and hands over. */
  rollBack(attempt: Attempt, ending: Ending): Promise<Attempt>;
}

interface Ending {
  readonly outcome: Outcome;
  readonly note: string;
}

/** Something that is still starting is looked at again this often, this many times. */
const WAIT_MS = 15_000;
const MAX_WAITS = 5;

/** After that somebody else may have taken it in hand. */
const MAX_INTENT_AGE_MS = 600_000;
const MAX_LOOK_AGE_MS = 900_000;

/** Something was changed, or is about to be. */
const BEGUN: ReadonlySet<Attempt['state']> = new Set(['acting', 'verifying', 'rolling_back']);

const NOTHING_DONE = 'the processor ended before anything was done';
const OTHER_TARGET = 'the target is another one now';
const OTHER_RULE = 'the rule is another one now: what was begun can not be judged';

export function createAttemptRun(given: Running, deps: RunDeps): AttemptRun {
  const { rule } = given;
  /** The target is looked at anew before each step. */
  let running = given;
  const carrier = createCarrier(() => running, deps);

  async function run(begun: Attempt): Promise<Attempt> {
    // Where nothing is looked at and nothing can be done, nothing happens between the moves: in a storm of such they would
    // be most of what is written.
    const isBrief = rule.diagnose.length === 0 && !hasSteps(rule);
    let attempt = isBrief ? begun : await deps.log.advance(begun, { state: 'diagnosing' });
    for (;;) {
      const facts = await look(attempt);
      const branch = chooseBranch(rule.plan, facts);
      const finding = branch?.finding ?? 'UNDIAGNOSED';
      const found = { state: 'diagnosed', facts, branch: branch?.name ?? '', finding } as const;
      attempt = isBrief ? { ...attempt, ...found } : await deps.log.advance(attempt, found);
      if (branch === undefined) {
        return toOthers(attempt, { outcome: 'undiagnosed', note: 'no branch of the plan fits what was found' });
      }
      switch (branch.then) {
        case 'escalate':
          return toOthers(attempt, { outcome: 'escalated', note: `${finding}: nothing to fix automatically` });
        case 'resolve':
          return verifySelfHealing(attempt);
        case 'verify':
          return decide(attempt, branch);
        case 'wait':
          if (attempt.waits >= MAX_WAITS) {
            return toOthers(attempt, { outcome: 'escalated', note: `still ${finding} after ${MAX_WAITS} looks` });
          }
          attempt = await wait(attempt);
          if (deps.signal.aborted) return attempt;
      }
    }
  }

  async function wait(attempt: Attempt): Promise<Attempt> {
    const dueAtMs = deps.clock.now() + WAIT_MS;
    const waiting = await deps.log.advance(attempt, { state: 'waiting', waits: attempt.waits + 1, dueAtMs });
    await deps.clock.sleep(WAIT_MS, deps.signal);
    return waiting;
  }

  async function approved(attempt: Attempt): Promise<Attempt> {
    if (attempt.ruleHash !== rule.hash) return end(attempt, { outcome: 'superseded', note: OTHER_RULE }, deps);
    const facts = await look(attempt);
    const branch = chooseBranch(rule.plan, facts);
    if (branch === undefined || branch.name !== attempt.branch || branch.then !== 'verify') {
      const note = `approved, but meanwhile it is ${branch?.finding ?? 'UNDIAGNOSED'}`;
      return end(attempt, { facts, outcome: 'superseded', note }, deps);
    }
    return climb(await deps.log.advance(attempt, { facts, dueAtMs: undefined }), branch);
  }

  async function resume(attempt: Attempt): Promise<Attempt> {
    if (attempt.ruleHash !== rule.hash && BEGUN.has(attempt.state)) {
      return toOthers(attempt, { outcome: 'inconclusive', note: OTHER_RULE });
    }
    const branch = rule.plan.find(({ name }) => name === attempt.branch);
    switch (attempt.state) {
      case 'acting': {
        const last = attempt.steps.at(-1);
        if (last === undefined) {
          // A person's consent, and nothing came of it yet: it holds as long as an intent does.
          return deps.clock.now() - attempt.updatedAtMs > MAX_INTENT_AGE_MS
            ? end(attempt, { outcome: 'abandoned', note: NOTHING_DONE }, deps)
            : approved(attempt);
        }
        const call = branch?.steps[attempt.steps.length - 1];
        if (branch === undefined || call === undefined) break;
        if (last.state !== 'intent') return afterStep(attempt, branch);
        if (deps.isPaused() || deps.clock.now() - last.intentAtMs > MAX_INTENT_AGE_MS) {
          return toOthers(attempt, {
            outcome: 'inconclusive',
            note: `${last.action} was begun, and nobody knows how it ended`,
          });
        }
        return afterStep(await carrier.finish(attempt, call), branch);
      }
      case 'verifying':
        if (branch === undefined) break;
        return branch.then === 'resolve' ? verifySelfHealing(attempt) : judge(attempt, branch);
      case 'rolling_back':
        // Asked for by hand it had ended before.
        return rollBack(attempt, {
          outcome: attempt.endedAtMs === undefined ? (attempt.outcome ?? 'worse') : 'rolled_back',
          note: attempt.note,
        });
      case 'matched':
      case 'diagnosing':
      case 'diagnosed':
      case 'waiting':
        // Nothing was changed: it is looked at anew, or it was too long ago.
        return deps.clock.now() - attempt.startedAtMs > MAX_LOOK_AGE_MS
          ? end(attempt, { outcome: 'abandoned', note: NOTHING_DONE }, deps)
          : run(attempt);
      case 'awaiting_approval':
      case 'suppressed':
      case 'ended':
        return attempt;
    }
    return toOthers(attempt, { outcome: 'inconclusive', note: OTHER_RULE });
  }

  /** What the probes find, and what was tried before. */
  async function look(attempt: Attempt): Promise<Facts> {
    const attempts = deps.log.recent().filter(({ id }) => id !== attempt.id);
    const known = pastFacts(rule, running.subject.target.key, { attempts, nowMs: deps.clock.now() });
    return diagnose(rule, running.subject, { ...deps, known });
  }

  async function decide(attempt: Attempt, branch: Branch): Promise<Attempt> {
    const verdict = deps.guard(rule, running.subject.target, attempt);
    if (verdict !== undefined) return suppress(attempt, verdict, deps);
    if (attempt.mode !== 'approve') return climb(attempt, branch);
    return deps.log.advance(attempt, {
      state: 'awaiting_approval',
      dueAtMs: deps.clock.now() + deps.approvalMs,
      note: `waits for approval: ${branch.steps.map((step) => step.action).join(', then ')}`,
      planned: branch.steps.map((call) => ({
        id: call.id,
        action: call.action,
        params: plannedParams(call, { ...running.subject, facts: attempt.facts }, deps.actions),
      })),
    });
  }

  /** Takes the next step of the ladder. */
  async function climb(attempt: Attempt, branch: Branch): Promise<Attempt> {
    const call = branch.steps[attempt.steps.length];
    if (call === undefined) return toOthers(attempt, { outcome: failureOf(attempt), note: attempt.note });
    const before = running.subject.target;
    const target = await deps.look(before);
    // After a step of ours it may be the same container with a later start.
    const isRestarted = target?.container?.startedAt !== before.container?.startedAt;
    if (target === undefined || (isRestarted && attempt.actedAtMs === 0)) {
      return end(attempt, { outcome: 'superseded', note: OTHER_TARGET }, deps);
    }
    running = { rule, subject: { ...running.subject, target } };
    const verdict = deps.guard(rule, target, attempt);
    if (verdict !== undefined) {
      if (attempt.actedAtMs === 0) return suppress(attempt, verdict, deps);
      const note = `the next step may not be taken: ${verdict.note}`;
      return toOthers(attempt, { outcome: 'ineffective', note });
    }
    const action = deps.actions.get(call.action);
    const params = action?.parameters.safeParse(resolveParams(call.with, { ...running.subject, facts: attempt.facts }));
    if (action === undefined || params?.success !== true) {
      return toOthers(attempt, { outcome: 'failed', note: `${call.action}: a parameter is missing` });
    }
    // Parameters of actions are flat: see action.ts.
    return afterStep(await carrier.run(attempt, { call, action, params: params.data as Step['params'] }), branch);
  }

  async function afterStep(attempt: Attempt, branch: Branch): Promise<Attempt> {
    const step = attempt.steps.at(-1);
    if (step === undefined) return climb(attempt, branch);
    if (step.state === 'skipped') return end(attempt, { outcome: 'superseded', note: step.note }, deps);
    if (step.state === 'failed') return afterFailure(attempt, branch, `${step.action}: ${step.note}`);
    const dueAtMs = verifyEndsAtMs(attempt.actedAtMs, rule.verify);
    return judge(await deps.log.advance(attempt, { state: 'verifying', dueAtMs }), branch);
  }

  async function judge(attempt: Attempt, branch: Branch): Promise<Attempt> {
    const verdict = await verify(attempt, running, deps);
    if (verdict.kind === 'stopped') return attempt;
    if (verdict.kind === 'helped') return succeed(attempt, verdict, 'succeeded');
    if (verdict.kind === 'worse') {
      return beginRollback({ ...attempt, verification: verdict.evidence }, { outcome: 'worse', note: 'it got worse' });
    }
    const seen = await deps.log.advance(attempt, { verification: verdict.evidence });
    if (verdict.kind === 'inconclusive') {
      return toOthers(seen, { outcome: 'inconclusive', note: 'nothing was heard of the service afterwards' });
    }
    const reason = String(verdict.evidence['reason'] ?? '');
    return afterFailure(seen, branch, `${seen.steps.at(-1)?.action ?? ''} did not help: ${reason}`);
  }

  async function succeed(attempt: Attempt, { evidence }: Verification, outcome: Outcome): Promise<Attempt> {
    const seen = { ...attempt, verification: evidence };
    await deps.resolve(seen);
    return end(seen, { outcome, note: noteOf(seen) }, deps);
  }

  /** The step that was taken last failed, or did not help. */
  async function afterFailure(attempt: Attempt, branch: Branch, note: string): Promise<Attempt> {
    const call: StepCall | undefined = branch.steps[attempt.steps.length - 1];
    if (call?.onFail === 'rollback') return beginRollback(attempt, { outcome: failureOf(attempt), note });
    const isLast = attempt.steps.length >= branch.steps.length;
    if (isLast || call?.onFail === 'escalate') return toOthers(attempt, { outcome: failureOf(attempt), note });
    return climb({ ...attempt, note }, branch);
  }

  /** How it will end is on record before: a start knows it only from there. */
  async function beginRollback(attempt: Attempt, ending: Ending): Promise<Attempt> {
    return rollBack(await deps.log.advance(attempt, { state: 'rolling_back', ...ending }), ending);
  }

  async function rollBack(attempt: Attempt, ending: Ending): Promise<Attempt> {
    if (deps.isPaused()) return toOthers(attempt, { ...ending, note: `${ending.note}; not undone: fixes are paused` });
    return toOthers(await carrier.undo(attempt), ending);
  }

  /** It works by itself, says the diagnosis: true when the errors stay away. */
  async function verifySelfHealing(attempt: Attempt): Promise<Attempt> {
    // Nothing was changed: `actedAtMs` is only the moment from which on errors count, and is not kept.
    const looked = { ...attempt, actedAtMs: deps.clock.now() };
    const dueAtMs = verifyEndsAtMs(looked.actedAtMs, rule.verify);
    const waiting =
      attempt.state === 'verifying' ? attempt : await deps.log.advance(attempt, { state: 'verifying', dueAtMs });
    const verdict = await verify(looked, running, deps);
    if (verdict.kind === 'stopped') return waiting;
    if (verdict.kind === 'helped') return succeed(waiting, verdict, 'self_healed');
    const seen = await deps.log.advance(waiting, { verification: verdict.evidence });
    return toOthers(seen, { outcome: 'escalated', note: `${waiting.finding}, yet the errors go on` });
  }

  function toOthers(attempt: Attempt, ending: Ending): Promise<Attempt> {
    return handOver(attempt, { rule, ...ending }, deps);
  }

  return { run, approved, resume, rollBack };
}

function failureOf({ actedAtMs }: Attempt): Outcome {
  return actedAtMs > 0 ? 'ineffective' : 'failed';
}
