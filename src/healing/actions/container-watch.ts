// Looks at a container again and again until it can be told what became of an action. An engine that is away, also for
// its own restart, is waited for: only the signal ends that.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../failure.ts';
import type { ActionContext, Observed } from '../action.ts';
import type { Container } from '../target.ts';
import { engineOf } from './container-identity.ts';

const LOOK_EVERY_MS = 250;

/** The engine may still be at it for that long after the stop time-out. */
export const STOP_SLACK_MS = 30_000;

/** `judge`: undefined, it is too early to say. */
export async function watchContainer(
  id: string,
  context: ActionContext,
  judge: (container: Container) => Observed | undefined,
): Promise<Observed> {
  const engine = engineOf(context);
  for (;;) {
    try {
      const container = await engine.inspect(id);
      const observed = container === undefined ? ({ kind: 'superseded' } as const) : judge(container);
      if (observed !== undefined) return observed;
    } catch (cause) {
      if (!(cause instanceof Failure && cause.code === 'ENGINE_UNAVAILABLE')) throw cause;
    }
    try {
      await sleep(LOOK_EVERY_MS, undefined, { signal: context.signal });
    } catch {
      // The time is over: nobody can tell.
      return { kind: 'unknown' };
    }
  }
}
