// The container of the diagnosis, looked at once more right before and after an action: the same one, started at the same
// time, and still one that Errata may act on. No lock can fence the engine; this check is what takes its place.
import { Failure } from '../../failure.ts';
import type { ActionContext, Ran } from '../action.ts';
import type { Evidence } from '../attempt.ts';
import type { ContainerEngine, Mutation } from '../container-engine.ts';
import { isOwnStack } from '../container-view.ts';
import { AUTOFIX_LABEL, type Container } from '../target.ts';

export function engineOf({ engine }: ActionContext): ContainerEngine {
  if (engine === undefined) throw new Failure('ENGINE_UNAVAILABLE', 'no Docker engine is configured');
  return engine;
}

/** A string: why it must not be touched. */
export async function currentContainer(context: ActionContext): Promise<Container | string> {
  const diagnosed = context.target.container;
  if (diagnosed === undefined) return 'no container is known of the target';
  const container = await engineOf(context).inspect(diagnosed.id);
  if (container === undefined) return 'superseded: the container is gone';
  if (container.startedAt !== diagnosed.startedAt)
    return 'superseded: the container was started anew since the diagnosis';
  if (isOwnStack(container)) return "the container belongs to Errata's own deployment";
  if (container.labels[AUTOFIX_LABEL] !== 'true') return `the container does not carry ${AUTOFIX_LABEL}=true`;
  return container;
}

/** The id that prepare wrote down. */
export function idOf({ id }: Evidence): string {
  return typeof id === 'string' ? id : '';
}

export function toRan(mutation: Mutation): Ran {
  switch (mutation.kind) {
    case 'done':
      return { kind: 'done', after: {} };
    case 'gone':
      return { kind: 'failed', reason: 'superseded: the container is gone' };
    case 'refused':
      return { kind: 'failed', reason: `the Docker engine refuses: ${mutation.reason}` };
    case 'unknown':
      return { kind: 'unknown', reason: mutation.reason };
  }
}
