// One step: prepare, write the intent, run, observe. A crash after the intent is healed by `finishStep`: it looks at what
// became of it and never acts blindly again (see action.ts).
import type { Action, ActionContext, Intent, Observed, Ran } from './action.ts';
import type { Evidence, Step, StepState } from './attempt.ts';
import type { Params, StepCall } from './rule.ts';

export interface StepRun {
  readonly action: Action;
  readonly call: StepCall;
  readonly params: Params;
  readonly context: Omit<ActionContext, 'signal'>;
  /** Durable when it resolves. */
  readonly write: (step: Step) => Promise<void>;
  readonly now: () => number;
}

/** Beside the step's own time-out: an engine that was told to stop a container is observed until it must have done so. */
const OBSERVE_MS = 60_000;

export async function runStep(run: StepRun): Promise<Step> {
  const blank = blankStep(run);
  const prepared = await prepare(run);
  if ('refused' in prepared) {
    const isOther = prepared.refused.startsWith('superseded');
    return settle(run, blank, { state: isOther ? 'skipped' : 'failed', note: prepared.refused });
  }
  const step: Step = { ...blank, before: prepared.before };
  await run.write(step);
  return act(run, step, run.call.retries);
}

/** After a crash: the intent is there, what came of it is not. */
export async function finishStep(run: StepRun, step: Step): Promise<Step> {
  return look(run, step, { retries: 1, reason: 'the processor ended before it knew what came of it' });
}

/** Whole undo; an action that has none stays as it is. */
export async function undoStep(run: StepRun, step: Step): Promise<Step> {
  const { action } = run;
  if (action.undo === undefined) return step;
  const ran = await safely(() => action.undo?.(intentOf(step), bounded(run, run.call.timeoutMs)));
  const note = ran.kind === 'done' ? 'undone' : `not undone: ${ran.reason}`;
  return settle(run, step, { state: ran.kind === 'done' ? 'undone' : step.state, note });
}

async function prepare(run: StepRun): Promise<{ readonly before: Evidence } | { readonly refused: string }> {
  try {
    return await run.action.prepare(run.params, bounded(run, run.call.timeoutMs));
  } catch (cause) {
    return { refused: textOf(cause) };
  }
}

async function act(run: StepRun, step: Step, retries: number): Promise<Step> {
  const ran = await safely(() => run.action.run(intentOf(step), bounded(run, run.call.timeoutMs)));
  if (ran.kind === 'failed') {
    if (retries > 0 && run.action.idempotent) return act(run, step, retries - 1);
    return settle(run, step, { state: 'failed', note: ran.reason });
  }
  // A time-out says nothing about the world: only what observe sees counts, also after "done".
  const reason = ran.kind === 'unknown' ? ran.reason : '';
  return look(run, step, { retries, reason, after: ran.kind === 'done' ? ran.after : {} });
}

async function look(
  run: StepRun,
  step: Step,
  { retries, reason, after = {} }: { retries: number; reason: string; after?: Evidence },
): Promise<Step> {
  const observed = await observe(run, step);
  switch (observed.kind) {
    case 'applied':
      return settle(run, step, { state: 'done', note: reason, after: { ...after, ...observed.after } });
    case 'not_applied':
      // It surely did not happen: doing it now is the first time.
      if (retries > 0) return act(run, step, retries - 1);
      return settle(run, step, { state: 'failed', note: reason === '' ? 'it had no effect' : reason });
    case 'partial':
      return complete(run, step);
    case 'superseded':
      return settle(run, step, { state: 'skipped', note: SUPERSEDED });
    case 'unknown':
      return settle(run, step, { state: 'unknown', note: reason === '' ? 'its effect can not be seen' : reason });
  }
}

const SUPERSEDED = 'the target is another one now';

async function complete(run: StepRun, step: Step): Promise<Step> {
  const { action } = run;
  if (action.complete === undefined)
    return settle(run, step, { state: 'unknown', note: 'half done, and there is no way to finish' });
  const ran = await safely(() => action.complete?.(intentOf(step), bounded(run, run.call.timeoutMs)));
  if (ran.kind === 'done')
    return settle(run, step, { state: 'done', note: 'half done, then finished', after: ran.after });
  return settle(run, step, { state: ran.kind === 'failed' ? 'failed' : 'unknown', note: ran.reason });
}

async function observe(run: StepRun, step: Step): Promise<Observed> {
  try {
    return await run.action.observe(intentOf(step), bounded(run, run.call.timeoutMs + OBSERVE_MS));
  } catch {
    // What can't be looked at is unknown: verification will tell.
    return { kind: 'unknown' };
  }
}

async function safely(work: () => Promise<Ran> | undefined): Promise<Ran> {
  try {
    return (await work()) ?? { kind: 'unknown', reason: 'there is no way to do it' };
  } catch (cause) {
    return { kind: 'unknown', reason: textOf(cause) };
  }
}

async function settle(
  run: StepRun,
  step: Step,
  { state, note, after = step.after }: { state: StepState; note: string; after?: Evidence },
): Promise<Step> {
  const ended: Step = { ...step, state, note, after, endedAtMs: run.now() };
  await run.write(ended);
  return ended;
}

function blankStep({ call, params, now }: StepRun): Step {
  return {
    id: call.id,
    action: call.action,
    params,
    state: 'intent',
    before: {},
    after: {},
    intentAtMs: now(),
    endedAtMs: undefined,
    note: '',
  };
}

function intentOf(step: Step): Intent<Record<string, unknown>> {
  return { params: step.params, before: step.before, atMs: step.intentAtMs };
}

function bounded(run: StepRun, timeoutMs: number): ActionContext {
  return { ...run.context, signal: AbortSignal.timeout(timeoutMs) };
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
