// The engine and the container that a probe looks at.
import { Failure } from '../../failure.ts';
import type { ContainerEngine } from '../container-engine.ts';
import type { ProbeContext } from '../probe.ts';
import type { Container } from '../target.ts';

/** undefined: the target has no container. Throws ENGINE_UNAVAILABLE without an engine. */
export function containerOf({
  engine,
  target,
}: ProbeContext): { readonly engine: ContainerEngine; readonly container: Container } | undefined {
  if (engine === undefined) throw new Failure('ENGINE_UNAVAILABLE', 'there is no container engine to ask');
  return target.container === undefined ? undefined : { engine, container: target.container };
}
