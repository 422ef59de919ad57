// Drives one attempt from where it stands to its end (see attempt.ts for the states). The plan's steps are a ladder: the
// next one is taken when the one before failed or, as verification shows, did not help. The last rung is a hand-over.
import type { Attempt, Outcome, Step } from './attempt.ts';
import { rollBack, stepRun } from './carry-out.ts';
import { chooseBranch } from './choose-branch.ts';
import { diagnose } from './diagnose.ts';
import { end, handOver, noteOf, suppress } from './end-attempt.ts';
import { resolveParams } from './references.ts';
import type { Facts } from './facts.ts';
import { pastFacts } from './past-facts.ts';
import type { Branch, StepCall } from './rule.ts';
import type { RunDeps, Running } from './run-deps.ts';
import { SUPERSEDED, finishStep, runStep } from './run-step.ts';
import { verify, verifyEndsAtMs } from './verify.ts';

/** Something that is still starting is looked at again this often, this many times. */
const WAIT_MS = 15_000;
const MAX_WAITS = 5;

const NOTHING_DONE = 'the processor ended before anything was done';

/** From `matched`, or again after a wait. Ends at an end state, at `awaiting_approval`, or when the process stops. */
export async function runAttempt(begun: Attempt, running: Running, deps: RunDeps): Promise<Attempt> {
  let attempt = await deps.log.advance(begun, { state: 'diagnosing' });
  for (;;) {
    const facts = await factsOf(attempt, running, deps);
    const branch = chooseBranch(running.rule.plan, facts);
    attempt = await deps.log.advance(attempt, {
      state: 'diagnosed',
      facts,
      branch: branch?.name ?? '',
      finding: branch?.finding ?? 'UNDIAGNOSED',
    });
    if (branch === undefined)
      return handOver(attempt, running.rule, 'undiagnosed', 'no branch of the plan fits what was found', deps);
    switch (branch.then) {
      case 'escalate':
        return handOver(
          attempt,
          running.rule,
          'escalated',
          `${branch.finding}: not a thing to fix automatically`,
          deps,
        );
      case 'resolve':
        return verifySelfHealing(attempt, running, deps);
      case 'verify':
        return decide(attempt, branch, running, deps);
      case 'wait':
        if (attempt.waits >= MAX_WAITS)
          return handOver(attempt, running.rule, 'escalated', `still ${branch.finding} after ${MAX_WAITS} looks`, deps);
        attempt = await deps.log.advance(attempt, {
          state: 'waiting',
          waits: attempt.waits + 1,
          dueAtMs: deps.clock.now() + WAIT_MS,
        });
        await deps.clock.sleep(WAIT_MS, deps.signal);
        if (deps.signal.aborted) return attempt;
    }
  }
}

/** After a person's consent: only if the diagnosis still says the same. */
export async function runApproved(approved: Attempt, running: Running, deps: RunDeps): Promise<Attempt> {
  const facts = await factsOf(approved, running, deps);
  const branch = chooseBranch(running.rule.plan, facts);
  if (branch === undefined || branch.name !== approved.branch || branch.then !== 'verify') {
    const note = `approved, but meanwhile it is ${branch?.finding ?? 'UNDIAGNOSED'}`;
    return end(approved, { facts, outcome: 'superseded', note }, deps);
  }
  return climb(await deps.log.advance(approved, { facts, dueAtMs: undefined }), branch, running, deps);
}

/** What the probes find, and what was tried before. */
async function factsOf(attempt: Attempt, { rule, subject }: Running, deps: RunDeps): Promise<Facts> {
  const past = deps.log.recent().filter(({ id }) => id !== attempt.id);
  const tried = pastFacts(rule, subject.target.key, { attempts: past, nowMs: deps.clock.now() });
  return { ...tried, ...(await diagnose(rule, subject, { ...deps, known: tried })) };
}

/** After a start: what was under way when the process ended. */
export async function resumeAttempt(attempt: Attempt, running: Running, deps: RunDeps): Promise<Attempt> {
  const branch = running.rule.plan.find(({ name }) => name === attempt.branch);
  switch (attempt.state) {
    case 'acting': {
      const last = attempt.steps.at(-1);
      if (last === undefined) return end(attempt, { outcome: 'abandoned', note: NOTHING_DONE }, deps);
      if (branch === undefined) break;
      const call = branch.steps[attempt.steps.length - 1];
      if (call === undefined) break;
      const state = last.state === 'intent' ? await finish(attempt, { call, step: last }, running, deps) : attempt;
      return afterStep(state, branch, running, deps);
    }
    case 'verifying':
      if (branch === undefined) break;
      return branch.then === 'resolve'
        ? verifySelfHealing(attempt, running, deps)
        : judge(attempt, branch, running, deps);
    case 'rolling_back':
      // Asked for by hand it had ended before.
      return rollBack(
        attempt,
        running,
        { outcome: attempt.outcome === undefined ? 'worse' : 'rolled_back', note: attempt.note },
        deps,
      );
    case 'matched':
    case 'diagnosing':
    case 'diagnosed':
    case 'waiting':
      // Nothing was changed: matching starts anew.
      return end(attempt, { outcome: 'abandoned', note: NOTHING_DONE }, deps);
    case 'awaiting_approval':
    case 'suppressed':
    case 'ended':
      return attempt;
  }
  return handOver(
    attempt,
    running.rule,
    'inconclusive',
    'the rule is another one now: what was begun can not be judged',
    deps,
  );
}

async function decide(attempt: Attempt, branch: Branch, running: Running, deps: RunDeps): Promise<Attempt> {
  const verdict = await deps.guard(running.rule, running.subject.target, attempt);
  if (verdict !== undefined) return suppress(attempt, verdict, deps);
  if (attempt.mode === 'approve') {
    return deps.log.advance(attempt, {
      state: 'awaiting_approval',
      dueAtMs: deps.clock.now() + deps.approvalMs,
      note: `waits for approval: ${branch.steps.map((step) => step.action).join(', then ')}`,
    });
  }
  return climb(attempt, branch, running, deps);
}

/** Takes the next step of the ladder. */
async function climb(attempt: Attempt, branch: Branch, running: Running, deps: RunDeps): Promise<Attempt> {
  const call = branch.steps[attempt.steps.length];
  if (call === undefined)
    return handOver(attempt, running.rule, attempt.actedAtMs > 0 ? 'ineffective' : 'failed', attempt.note, deps);
  const target = await deps.look(running.subject.target);
  const { container } = running.subject.target;
  // The step before may have restarted it: then it is the same container with a later start.
  const isOther =
    target?.container?.id !== container?.id ||
    (attempt.actedAtMs === 0 && target?.container?.startedAt !== container?.startedAt);
  if (target === undefined || isOther) return end(attempt, { outcome: 'superseded', note: SUPERSEDED }, deps);
  const fresh: Running = { rule: running.rule, subject: { ...running.subject, target } };
  const verdict = await deps.guard(running.rule, target, attempt);
  if (verdict !== undefined) {
    return attempt.actedAtMs === 0
      ? suppress(attempt, verdict, deps)
      : handOver(attempt, running.rule, 'ineffective', `the next step may not be taken: ${verdict.note}`, deps);
  }
  const action = deps.actions.get(call.action);
  const params = action?.parameters.safeParse(resolveParams(call.with, { ...fresh.subject, facts: attempt.facts }));
  if (action === undefined || params?.success !== true) {
    return handOver(attempt, running.rule, 'failed', `${call.action}: a parameter is missing`, deps);
  }
  let latest = attempt;
  const run = stepRun(attempt, { call, action, params: params.data as Step['params'] }, fresh, deps, (written) => {
    latest = written;
  });
  const step = await runStep(run);
  if (step.state === 'skipped') return end(latest, { outcome: 'superseded', note: step.note }, deps);
  return afterStep(latest, branch, fresh, deps);
}

async function finish(
  attempt: Attempt,
  { call, step }: { call: StepCall; step: Step },
  running: Running,
  deps: RunDeps,
): Promise<Attempt> {
  const action = deps.actions.get(step.action);
  if (action === undefined) return attempt;
  let latest = attempt;
  await finishStep(
    stepRun(attempt, { call, action, params: step.params }, running, deps, (written) => {
      latest = written;
    }),
    step,
  );
  return latest;
}

async function afterStep(attempt: Attempt, branch: Branch, running: Running, deps: RunDeps): Promise<Attempt> {
  const step = attempt.steps.at(-1);
  const call = branch.steps[attempt.steps.length - 1];
  if (step === undefined || call === undefined) return climb(attempt, branch, running, deps);
  if (step.state === 'skipped') return end(attempt, { outcome: 'superseded', note: step.note }, deps);
  if (step.state === 'failed')
    return afterFailure(attempt, { call, note: `${step.action}: ${step.note}` }, branch, running, deps);
  const verifying = await deps.log.advance(attempt, {
    state: 'verifying',
    dueAtMs: verifyEndsAtMs(attempt.actedAtMs, running.rule.verify),
  });
  return judge(verifying, branch, running, deps);
}

async function judge(attempt: Attempt, branch: Branch, running: Running, deps: RunDeps): Promise<Attempt> {
  const verdict = await verify(attempt, running.rule, running.subject, deps);
  const call = branch.steps[attempt.steps.length - 1];
  switch (verdict.kind) {
    case 'stopped':
      return attempt;
    case 'helped': {
      const seen = { ...attempt, verification: verdict.evidence };
      await deps.resolve(seen);
      return end(seen, { outcome: 'succeeded', note: noteOf(seen) }, deps);
    }
    case 'worse': {
      const note = 'it got worse';
      const rolling = await deps.log.advance(attempt, { state: 'rolling_back', verification: verdict.evidence, note });
      return rollBack(rolling, running, { outcome: 'worse', note }, deps);
    }
    case 'inconclusive': {
      const seen = await deps.log.advance(attempt, { verification: verdict.evidence });
      return handOver(seen, running.rule, 'inconclusive', 'nothing was heard of the service afterwards', deps);
    }
    case 'ineffective': {
      const seen = await deps.log.advance(attempt, { verification: verdict.evidence });
      const step = seen.steps.at(-1);
      const note = `${step?.action ?? ''} did not help: ${String(verdict.evidence['reason'] ?? '')}`;
      return afterFailure(seen, { call, note }, branch, running, deps);
    }
  }
}

async function afterFailure(
  attempt: Attempt,
  { call, note }: { call: StepCall | undefined; note: string },
  branch: Branch,
  running: Running,
  deps: RunDeps,
): Promise<Attempt> {
  const outcome: Outcome = attempt.actedAtMs > 0 ? 'ineffective' : 'failed';
  if (call?.onFail === 'rollback') {
    const rolling = await deps.log.advance(attempt, { state: 'rolling_back', note });
    return rollBack(rolling, running, { outcome, note }, deps);
  }
  const isLast = attempt.steps.length >= branch.steps.length;
  if (isLast || call?.onFail === 'escalate') return handOver(attempt, running.rule, outcome, note, deps);
  return climb({ ...attempt, note }, branch, running, deps);
}

/** It works by itself, says the diagnosis: true when the errors stay away. */
async function verifySelfHealing(attempt: Attempt, running: Running, deps: RunDeps): Promise<Attempt> {
  const looked = attempt.actedAtMs === 0 ? { ...attempt, actedAtMs: deps.clock.now() } : attempt;
  const dueAtMs = verifyEndsAtMs(looked.actedAtMs, running.rule.verify);
  // Nothing was changed: `actedAtMs` is only the moment from which on errors count.
  const waiting =
    attempt.state === 'verifying' ? attempt : await deps.log.advance(attempt, { state: 'verifying', dueAtMs });
  const verdict = await verify(looked, running.rule, running.subject, deps);
  switch (verdict.kind) {
    case 'stopped':
      return waiting;
    case 'helped': {
      const seen = { ...waiting, verification: verdict.evidence };
      await deps.resolve(seen);
      return end(seen, { outcome: 'self_healed', note: noteOf(seen) }, deps);
    }
    case 'ineffective':
    case 'inconclusive':
    case 'worse': {
      const seen = await deps.log.advance(waiting, { verification: verdict.evidence });
      return handOver(seen, running.rule, 'escalated', `${waiting.finding}, yet the errors go on`, deps);
    }
  }
}
