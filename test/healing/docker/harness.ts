// What the tests of this folder share: one real engine with our client in front of it, through the recording proxy.
import { pino } from 'pino';
import type { ActionContext } from '../../../src/healing/action.ts';
import type { ContainerEngine } from '../../../src/healing/container-engine.ts';
import { type DockerEngine, createDockerEngine } from '../../../src/healing/docker-engine.ts';
import type { CatalogueService, Container, Target } from '../../../src/healing/target.ts';
import { type NewContainer, type RealEngine, startEngine } from './engine.ts';
import { type RecordingProxy, startRecordingProxy } from './recording-proxy.ts';

export interface Harness {
  readonly real: RealEngine;
  readonly proxy: RecordingProxy;
  readonly client: DockerEngine;
  readonly engine: ContainerEngine;
  /** Runs it with the label that lets Errata act. */
  runFixable(options: NewContainer): Promise<string>;
  inspect(id: string): Promise<Container>;
  /** As after a diagnosis of the container as it is now. */
  contextOf(id: string, changes?: Partial<ActionContext>): Promise<ActionContext>;
  stop(): Promise<void>;
}

export async function startHarness(): Promise<Harness> {
  const real = await startEngine();
  await real.importBusybox();
  const proxy = await startRecordingProxy(real.socket);
  const client = createDockerEngine({ host: proxy.host, now: Date.now, logger: pino({ enabled: false }) });
  const { engine } = client;
  const connected = new Promise<void>((resolve) => client.subscribe(({ kind }) => kind === 'connected' && resolve()));
  client.start();
  await connected;

  async function inspect(id: string): Promise<Container> {
    const container = await engine.inspect(id);
    if (container === undefined) throw new Error(`${id} is gone`);
    return container;
  }

  return {
    real,
    proxy,
    client,
    engine,
    inspect,
    runFixable: (options) => real.runContainer({ ...options, labels: { 'errata.autofix': 'true', ...options.labels } }),
    contextOf: async (id, changes = {}) => ({
      target: targetOf(await inspect(id)),
      engine,
      secret: () => '',
      mark: () => undefined,
      key: 'k',
      now: Date.now,
      signal: AbortSignal.timeout(50_000),
      ...changes,
    }),
    stop: async () => {
      await client.stop();
      await proxy.stop();
      await real.stop();
    },
  };
}

export function serviceOf(service: Partial<CatalogueService> & { readonly name: string }): CatalogueService {
  return {
    aliases: [],
    company: 1,
    container: undefined,
    address: undefined,
    protocol: undefined,
    healthCheck: undefined,
    credentials: undefined,
    fixEndpoint: undefined,
    mode: undefined,
    protected: false,
    ...service,
  };
}

function targetOf(container: Container): Target {
  const service = serviceOf({ name: container.name });
  return { key: `service/${container.name}`, name: container.name, service, container };
}
