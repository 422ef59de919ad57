// What an error is about, for a rule: the service that reported it, or what that one talked to. Names are compared whole,
// never by a part, and what fits two is ambiguous: nothing is done rather than the wrong thing.
import { isIP } from 'node:net';
import { Failure } from '../failure.ts';
import type { HealingError } from '../store/attempt-store.ts';
import type { Suppression } from './attempt.ts';
import type { ContainerEngine } from './container-engine.ts';
import { COMPOSE_PROJECT, COMPOSE_SERVICE, isOneOff, isOwnStack } from './container-view.ts';
import { isOf, serviceFrom } from './discover-services.ts';
import { fieldOf } from './error-fields.ts';
import type { Rule } from './rule.ts';
import type { ServiceCatalogue } from './service-catalogue.ts';
import type { CatalogueService, Container, ContainerSelector, Target } from './target.ts';

export interface TargetSources {
  readonly catalogue: Pick<ServiceCatalogue, 'services' | 'containers'>;
  /** undefined: none is configured. */
  readonly engine: ContainerEngine | undefined;
}

export type FoundTarget =
  | { readonly kind: 'found'; readonly target: Target }
  | {
      readonly kind: 'suppressed';
      readonly reason: Extract<Suppression, 'no_target' | 'ambiguous_target' | 'other_company'>;
      readonly note: string;
    };

/** An engine that is away throws nothing: then the target has no container. */
export async function findTarget(
  rule: Pick<Rule, 'target'>,
  error: HealingError,
  sources: TargetSources,
): Promise<FoundTarget> {
  const { target: choice } = rule;
  if (choice === 'peer') return findPeer(error, sources);
  if (choice !== 'subject') return findNamed([choice.service], error, { sources, compose: false });
  const container = await reportedContainer(error, sources);
  if (container === undefined) return findNamed([error.service], error, { sources, compose: true });
  if (isOneOff(container)) return suppressed('no_target', 'it comes from a one-off container');
  const all = sources.catalogue.services();
  const services = all.filter((service) => isOf(service, container, all));
  return choose(services.length > 0 ? services : [serviceFrom(container)], error, async () => [container]);
}

async function findPeer(error: HealingError, sources: TargetSources): Promise<FoundTarget> {
  const names = [textOf(error, 'peer.name'), textOf(error, 'peer.address')].filter((name) => name !== undefined);
  if (names.length === 0) return suppressed('no_target', 'the error does not say what the service talked to');
  const port = Number(fieldOf(error, 'peer.port') ?? Number.NaN);
  const project = (await reportedContainer(error, sources))?.labels[COMPOSE_PROJECT];
  return findNamed([...new Set(names)], error, { sources, compose: true, port, project });
}

interface Search {
  readonly sources: TargetSources;
  /** Also by the label that compose gives. */
  readonly compose: boolean;
  /** NaN: not known. */
  readonly port?: number;
  /** Of the container that reported: there, names of compose services mean its own ones first. */
  readonly project?: string | undefined;
}

async function findNamed(names: readonly string[], error: HealingError, search: Search): Promise<FoundTarget> {
  const { sources, compose, port = Number.NaN, project } = search;
  const services = sources.catalogue
    .services()
    .filter((service) => isNamed(service, names, port) || hasAddress(service, names, { port, sources }));
  if (project !== undefined) {
    const near = services.filter(({ container }) => container?.project === project);
    if (near.length > 0) return choose(near, error, (service) => containersOf(service, sources));
    const found = await composeContainers(names, project, sources);
    if (found.length > 0) return chooseContainer(found, error, sources);
  }
  // The compose service of that name is in another project: it is not what this name means here.
  const isElsewhere = ({ container }: CatalogueService) =>
    project !== undefined && container?.service !== undefined && names.includes(container.service);
  const others = services.filter((service) => !isElsewhere(service));
  if (others.length > 0) return choose(others, error, (service) => containersOf(service, sources));
  const found = compose && project === undefined ? await composeContainers(names, project, sources) : [];
  if (found.length > 0) return chooseContainer(found, error, sources);
  return suppressed('no_target', `no service or container is named ${names.join(' or ')}`);
}

async function composeContainers(
  names: readonly string[],
  project: string | undefined,
  sources: TargetSources,
): Promise<readonly Container[]> {
  const hosts = names.filter((name) => isIP(name) === 0);
  return (await Promise.all(hosts.map((service) => selected({ project, service, labels: {} }, sources)))).flat();
}

/** Of containers that no name of the catalogue fits, those of the error's company. */
function chooseContainer(
  found: readonly Container[],
  error: HealingError,
  sources: TargetSources,
): Promise<FoundTarget> {
  const own = found.filter((container) => serviceOf(container, sources).company === error.companyId);
  return choose(
    [...own, ...found].slice(0, 1).map((one) => serviceOf(one, sources)),
    error,
    async () => own,
  );
}

/** As the catalogue has it, also under another name; else as its labels tell. */
function serviceOf(container: Container, { catalogue }: TargetSources): CatalogueService {
  const services = catalogue.services();
  return services.find((service) => isOf(service, container, services)) ?? serviceFrom(container);
}

/** Of the services that fit, the one of the error's company, and its one container. */
async function choose(
  services: readonly CatalogueService[],
  error: HealingError,
  containersFor: (service: CatalogueService) => Promise<readonly Container[]>,
): Promise<FoundTarget> {
  const own = services.filter(({ company }) => company === error.companyId);
  const [service] = own;
  // The note is read by the company that reported: it names nothing of the other one's.
  if (service === undefined) return suppressed('other_company', 'it belongs to another company');
  if (own.length > 1) return suppressed('ambiguous_target', `it may be ${own.map(({ name }) => name).join(' or ')}`);
  const containers = await containersFor(service);
  if (containers.length > 1) {
    const names = containers.map(({ name }) => name).join(', ');
    return suppressed('ambiguous_target', `${containers.length} containers stand for ${service.name}: ${names}`);
  }
  const [container] = containers;
  const isProtected = service.protected || (container !== undefined && isOwnStack(container));
  return {
    kind: 'found',
    target: {
      key: keyOf(service, container),
      name: service.name,
      service: { ...service, protected: isProtected },
      container,
    },
  };
}

function isNamed({ name, aliases, address }: CatalogueService, names: readonly string[], port: number): boolean {
  // One host name may stand for several services: then the port tells.
  if (address !== undefined && !Number.isNaN(port) && address.port !== port) return false;
  const own = [name, ...aliases].map((one) => one.toLowerCase());
  return names.some((one) => own.includes(one.toLowerCase()));
}

/** Only for peers: a service that reports has no port. */
function hasAddress(
  service: CatalogueService,
  names: readonly string[],
  { port, sources }: { port: number; sources: TargetSources },
): boolean {
  const { address } = service;
  if (!Number.isNaN(port) && address?.port === port && names.includes(address.host)) return true;
  const addresses = names.filter((name) => isIP(name) !== 0);
  if (addresses.length === 0 || (address !== undefined && !Number.isNaN(port) && address.port !== port)) return false;
  const services = sources.catalogue.services();
  return sources.catalogue
    .containers()
    .some(
      (container) => isOf(service, container, services) && container.addresses.some((one) => addresses.includes(one)),
    );
}

/** container.id of OpenTelemetry, or the host name, which Docker makes of the id's first 12 characters. */
async function reportedContainer(error: HealingError, sources: TargetSources): Promise<Container | undefined> {
  const { engine, catalogue } = sources;
  const id = error.containerId.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(id)) return unlessAway(async () => engine?.inspect(id), undefined);
  const short = [id, error.host.toLowerCase()].find((text) => /^[0-9a-f]{12}$/.test(text));
  if (short === undefined) return undefined;
  const fitting = catalogue.containers().filter((container) => container.id.startsWith(short));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Without those of other companies, which a selector may fit as well. */
async function containersOf(service: CatalogueService, sources: TargetSources): Promise<readonly Container[]> {
  const services = sources.catalogue.services();
  return (await selected(service.container, sources)).filter((container) => isOf(service, container, services));
}

async function selected(
  selector: ContainerSelector | undefined,
  { engine }: TargetSources,
): Promise<readonly Container[]> {
  if (selector === undefined || engine === undefined) return [];
  return unlessAway(async () => engine.find(selector), []);
}

async function unlessAway<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'ENGINE_UNAVAILABLE') return otherwise;
    throw cause;
  }
}

/** See Attempt.targetKey: the same whether the engine is there or not. */
function keyOf(service: CatalogueService, container: Container | undefined): string {
  const project = container?.labels[COMPOSE_PROJECT] ?? service.container?.project;
  const name = container?.labels[COMPOSE_SERVICE] ?? service.container?.service;
  return project === undefined || name === undefined
    ? `service/${service.company}/${service.name}`
    : `container/${project}/${name}`;
}

function textOf(error: HealingError, field: string): string | undefined {
  const value = fieldOf(error, field);
  return value === undefined ? undefined : String(value);
}

function suppressed(
  reason: Extract<Suppression, 'no_target' | 'ambiguous_target' | 'other_company'>,
  note: string,
): FoundTarget {
  return { kind: 'suppressed', reason, note };
}
