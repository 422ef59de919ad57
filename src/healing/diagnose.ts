// Runs a rule's probes, one after the other, into facts. A probe that can't work leaves no facts, and a missing fact never
// matches: then no branch is taken that would need it.
import { Failure } from '../failure.ts';
import type { HealingError } from '../store/attempt-store.ts';
import { holds } from './conditions.ts';
import type { FactValue, Facts } from './facts.ts';
import type { Probe, ProbeContext } from './probe.ts';
import { resolveParams } from './references.ts';
import type { ProbeCall, Rule } from './rule.ts';
import type { Target } from './target.ts';

export interface DiagnoseDeps {
  readonly probes: ReadonlyMap<string, Probe>;
  /** Everything but the target and the signal. */
  readonly context: Omit<ProbeContext, 'target' | 'signal'>;
  /** Known before any probe ran: conditions may ask for it. */
  readonly known?: Facts;
}

export interface Subject {
  readonly error: HealingError;
  readonly target: Target;
}

export async function diagnose(rule: Rule, subject: Subject, deps: DiagnoseDeps): Promise<Facts> {
  const facts: Record<string, FactValue> = { ...deps.known };
  for (const call of rule.diagnose) {
    if (call.needs !== undefined && !holds(call.needs, (name) => facts[name])) continue;
    for (const [name, value] of Object.entries(await runProbe(call, { ...subject, facts }, deps))) {
      facts[`${call.id}.${name}`] = value;
    }
  }
  return facts;
}

/** Facts without the call's id. `failure` says why a probe could not work or did not end in time. */
export async function runProbe(
  call: ProbeCall,
  { error, target, facts }: Subject & { readonly facts: Facts },
  { probes, context }: DiagnoseDeps,
): Promise<Facts> {
  const probe = probes.get(call.probe);
  if (probe === undefined) return { failure: `there is no probe ${call.probe}` };
  const params = probe.parameters.safeParse(resolveParams(call.with, { error, target, facts }));
  if (!params.success) return { failure: `a parameter is missing: ${params.error.issues[0]?.path.join('.') ?? ''}` };
  const signal = AbortSignal.timeout(call.timeoutMs);
  const late = new Promise<Facts>((resolve) => {
    // A probe that does not heed its signal is not waited for.
    signal.addEventListener('abort', () => resolve({ failure: `no answer within ${call.timeoutMs} ms` }), {
      once: true,
    });
  });
  try {
    return await Promise.race([probe.run(params.data, { ...context, target, signal }), late]);
  } catch (cause) {
    return { failure: cause instanceof Failure || cause instanceof Error ? cause.message : String(cause) };
  }
}
