// What an action is called with, and its three parts in their order, as the engine calls them.
import { randomUUID } from 'node:crypto';
import type { Action, ActionContext, Intent, Observed, Ran } from '../../../src/healing/action.ts';
import { actions } from '../../../src/healing/actions/catalogue.ts';
import type { Evidence } from '../../../src/healing/attempt.ts';
import type { Target } from '../../../src/healing/target.ts';

type Values = Readonly<Record<string, unknown>>;

export function contextOf(target: Target, more: Partial<ActionContext> = {}): ActionContext {
  return {
    target,
    engine: undefined,
    secret: (reference) => reference.replace(/^env:/, ''),
    mark: () => undefined,
    key: `${randomUUID()}/step`,
    now: Date.now,
    signal: AbortSignal.timeout(20_000),
    ...more,
  };
}

export function actionNamed(name: string): Action {
  const action = actions.get(name);
  if (action === undefined) throw new Error(`there is no action ${name}`);
  return action;
}

/** As the engine keeps it: through JSON, as after a crash. */
export async function intend(name: string, values: Values, context: ActionContext): Promise<Intent<Values>> {
  const action = actionNamed(name);
  const params = action.parameters.parse(values);
  const prepared = await action.prepare(params, context);
  if ('refused' in prepared) throw new Error(`refused: ${prepared.refused}`);
  return JSON.parse(JSON.stringify({ params, before: prepared.before, atMs: Date.now() })) as Intent<Values>;
}

export async function act(
  name: string,
  values: Values,
  context: ActionContext,
): Promise<{ readonly before: Evidence; readonly ran: Ran; readonly observed: Observed }> {
  const intent = await intend(name, values, context);
  const action = actionNamed(name);
  const ran = await action.run(intent, context);
  return { before: intent.before, ran, observed: await action.observe(intent, context) };
}
