// Ties a step (run-step.ts) to its attempt: what the step writes becomes the attempt's next event.
import type { Action } from './action.ts';
import type { Attempt, Outcome, Step } from './attempt.ts';
import { handOver } from './end-attempt.ts';
import type { StepCall } from './rule.ts';
import type { RunDeps, Running } from './run-deps.ts';
import { undoStep } from './run-step.ts';
import type { StepRun } from './run-step.ts';

/** What may be in force and can be undone. */
const UNDOABLE = new Set(['done', 'unknown']);

export function stepRun(
  attempt: Attempt,
  { call, action, params }: { call: StepCall; action: Action; params: Step['params'] },
  running: Running,
  deps: RunDeps,
  onWritten: (attempt: Attempt) => void,
): StepRun {
  let latest = attempt;
  return {
    action,
    call,
    params,
    context: { ...deps.actionContext, target: running.subject.target, key: `${attempt.id}/${call.id}` },
    now: deps.clock.now,
    write: async (step) => {
      const steps = [...latest.steps.filter(({ id }) => id !== step.id), step];
      const acted = step.state === 'done' || step.state === 'unknown' ? { actedAtMs: deps.clock.now() } : {};
      const state = latest.state === 'rolling_back' ? latest.state : 'acting';
      latest = await deps.log.advance(latest, { state, steps, ...acted });
      onWritten(latest);
    },
  };
}

/** Undoes, newest first, what can be undone, and hands over. */
export async function rollBack(
  attempt: Attempt,
  running: Running,
  { outcome, note }: { outcome: Outcome; note: string },
  deps: RunDeps,
): Promise<Attempt> {
  const branch = running.rule.plan.find(({ name }) => name === attempt.branch);
  let latest = attempt;
  for (const step of attempt.steps.toReversed()) {
    const call = branch?.steps.find(({ id }) => id === step.id);
    const action = deps.actions.get(step.action);
    if (call === undefined || action?.undo === undefined || !UNDOABLE.has(step.state)) continue;
    await undoStep(
      stepRun(latest, { call, action, params: step.params }, running, deps, (written) => {
        latest = written;
      }),
      step,
    );
  }
  return handOver(latest, running.rule, outcome, note, deps);
}
