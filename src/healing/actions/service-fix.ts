// What pool.reset and cache.clear have in common: the service does it itself, through its fix endpoint.
import { setTimeout } from 'node:timers/promises';
import type { Action, ActionContext, Intent, Observed } from '../action.ts';
import type { FixStatus } from '../signed-call.ts';
import { askFix, callFix, resultText } from '../signed-call.ts';

type Params = Readonly<Record<string, string>>;

export function viaFixEndpoint(name: string): Pick<Action, 'prepare' | 'run' | 'observe'> {
  return {
    /** Asks before it says so: an endpoint that is away or does not know the fix refuses while nothing is at stake. */
    async prepare(_params, context) {
      if (context.target.service.fixEndpoint === undefined)
        return { refused: 'the service has no fix endpoint in the catalogue' };
      const status = await askFix(context);
      if (typeof status === 'string') return { refused: status };
      if (!status.fixes.includes(name)) return { refused: `the service has no fix ${name}` };
      return { before: { memory: status.memory } };
    },
    run: ({ params }, context) => callFix({ fix: name, params: params as Params }, context),
    observe,
  };
}

async function observe({ before }: Intent<unknown>, context: ActionContext): Promise<Observed> {
  const status = await untilEnded(context);
  if (typeof status === 'string') return { kind: 'unknown' };
  switch (status.state) {
    case 'applied':
      return { kind: 'applied', after: { applied: true, result: resultText(status.result) } };
    case 'failed':
      return { kind: 'not_applied' };
    case 'running':
      return { kind: 'unknown' };
    case 'unseen':
      // Only the memory that was asked before can know: a restarted service, or another instance of it, can not.
      return { kind: status.memory === before['memory'] ? 'not_applied' : 'unknown' };
  }
}

const POLL_MS = 250;

/** A fix that outlasts its call is waited for, as long as there is time to look. */
async function untilEnded(context: ActionContext): Promise<FixStatus | string> {
  for (;;) {
    const status = await askFix(context);
    if (typeof status === 'string' || status.state !== 'running' || context.signal.aborted) return status;
    // An abort ends the pause; the next question then fails at once.
    await setTimeout(POLL_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
}
