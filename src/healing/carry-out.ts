// Ties a step (run-step.ts) to its attempt: what the step writes becomes the attempt's next event.
import type { Action } from './action.ts';
import type { Attempt, Step } from './attempt.ts';
import type { StepCall } from './rule.ts';
import type { RunDeps, Running } from './run-deps.ts';
import { finishStep, runStep, undoStep } from './run-step.ts';
import type { StepRun } from './run-step.ts';

export interface Rung {
  readonly call: StepCall;
  readonly action: Action;
  readonly params: Step['params'];
}

/** An attempt's steps: each verb resolves with the attempt as it was last written. */
export interface Carrier {
  run(attempt: Attempt, rung: Rung): Promise<Attempt>;
  /** After a crash: see run-step.ts. */
  finish(attempt: Attempt, call: StepCall): Promise<Attempt>;
  /** Undoes, newest first, what can be undone. */
  undo(attempt: Attempt): Promise<Attempt>;
}

/** What may be in force and can be undone. */
const UNDOABLE = new Set(['done', 'unknown']);

/** `running`: as it is when a verb is called. */
export function createCarrier(running: () => Running, deps: RunDeps): Carrier {
  async function carry(attempt: Attempt, rung: Rung, work: (run: StepRun) => Promise<Step>): Promise<Attempt> {
    let latest = attempt;
    await work({
      ...rung,
      context: { ...deps.actionContext, target: running().subject.target, key: `${attempt.id}/${rung.call.id}` },
      now: deps.clock.now,
      write: async (step) => {
        const steps = [...latest.steps.filter(({ id }) => id !== step.id), step];
        const hasActed = step.state === 'done' || step.state === 'unknown';
        const state = latest.state === 'rolling_back' ? latest.state : 'acting';
        const actedAtMs = hasActed ? deps.clock.now() : latest.actedAtMs;
        latest = await deps.log.advance(latest, { state, steps, actedAtMs });
      },
    });
    return latest;
  }

  return {
    run: (attempt, rung) => carry(attempt, rung, (run) => runStep(run)),
    finish: async (attempt, call) => {
      const step = attempt.steps.at(-1);
      const action = deps.actions.get(call.action);
      if (step === undefined || action === undefined) return attempt;
      return carry(attempt, { call, action, params: step.params }, (run) => finishStep(run, step));
    },
    undo: async (attempt) => {
      const branch = running().rule.plan.find(({ name }) => name === attempt.branch);
      let latest = attempt;
      for (const step of attempt.steps.toReversed()) {
        const call = branch?.steps.find(({ id }) => id === step.id);
        const action = deps.actions.get(step.action);
        if (call === undefined || action === undefined || action.undo === undefined || !UNDOABLE.has(step.state))
          continue;
        latest = await carry(latest, { call, action, params: step.params }, (run) => undoStep(run, step));
      }
      return latest;
    },
  };
}
