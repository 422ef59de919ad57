// What a probe is called with, around a service on 127.0.0.1.
import type { Facts } from '../../../src/healing/facts.ts';
import type { ProbeContext, ProbeTraffic } from '../../../src/healing/probe.ts';
import { probes } from '../../../src/healing/probes/catalogue.ts';
import { createSecrets } from '../../../src/healing/secrets.ts';
import type { CatalogueService, Target } from '../../../src/healing/target.ts';

export function targetAt(port: number, service: Partial<CatalogueService> = {}): Target {
  return {
    key: 'service/orders-db',
    name: 'orders-db',
    service: {
      name: 'orders-db',
      aliases: [],
      company: 1,
      container: undefined,
      address: { host: '127.0.0.1', port },
      protocol: undefined,
      healthCheck: undefined,
      credentials: undefined,
      fixEndpoint: undefined,
      mode: undefined,
      protected: false,
      ...service,
    },
    container: undefined,
  };
}

export interface Setup extends Partial<ProbeContext> {
  readonly target: Target;
  readonly env?: Readonly<Record<string, string>>;
  readonly params?: Readonly<Record<string, unknown>>;
}

export async function runProbe(name: string, { env = {}, params = {}, ...context }: Setup): Promise<Facts> {
  const probe = probes.get(name);
  if (probe === undefined) throw new Error(`there is no probe ${name}`);
  return await probe.run(probe.parameters.parse(params), {
    engine: undefined,
    errors: { countErrors: () => Promise.reject(new Error('not asked')) },
    secret: createSecrets({ env }),
    mark: () => {},
    now: Date.now,
    signal: AbortSignal.timeout(10_000),
    ...context,
  });
}

export function createMarks(): { readonly marks: ProbeTraffic[]; readonly mark: ProbeContext['mark'] } {
  const marks: ProbeTraffic[] = [];
  return { marks, mark: (traffic) => void marks.push(traffic) };
}
