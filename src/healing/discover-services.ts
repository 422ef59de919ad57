// What labels of containers say of services: they fill what errata.yaml leaves open, and name services that it does not
// know. What errata.yaml says wins; of two modes the lower one does.
import { COMPOSE_PROJECT, COMPOSE_SERVICE, isOwnStack } from './container-view.ts';
import { type CatalogueService, type Container, type ContainerSelector, type Protocol, protocols } from './target.ts';

const SERVICE_LABEL = 'errata.service';
const DEFAULT_COMPANY = 1;

const modes = ['observe', 'approve', 'auto'] as const;
type Mode = (typeof modes)[number];

export function mergeServices(
  configured: readonly CatalogueService[],
  containers: readonly Container[],
): readonly CatalogueService[] {
  const known = configured.map((service) => {
    const own = containers.filter((container) => isOf(service, container, configured));
    const discovered = own[0] === undefined ? undefined : serviceFrom(own[0], own);
    return discovered === undefined ? service : fill(service, discovered);
  });
  const others = containers.filter(
    (container) => nameOf(container) !== '' && !configured.some((service) => isOf(service, container, configured)),
  );
  const groups = new Map<string, [Container, ...Container[]]>();
  for (const container of others) {
    const key = `${companyOf(container)}/${nameOf(container)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [container]);
    else group.push(container);
  }
  return [...known, ...[...groups.values()].map((group) => serviceFrom(group[0], group))];
}

/** It fits, and no other company's service names it more exactly, by its project or company: then it is that one's. */
export function isOf(service: CatalogueService, container: Container, services: readonly CatalogueService[]): boolean {
  const isMoreExact = (one: CatalogueService) =>
    one.company !== service.company && exactness(one) > exactness(service) && fits(one, container);
  return fits(service, container) && ![...services, serviceFrom(container)].some(isMoreExact);
}

/** By its selector; without one by its name, exactly. */
function fits(service: CatalogueService, container: Container): boolean {
  const { container: selector } = service;
  if (selector === undefined) {
    return nameOf(container) === service.name && companyOf(container) === service.company;
  }
  const wanted = conditionsOf(selector);
  return wanted.length > 0 && wanted.every(([label, value]) => container.labels[label] === value);
}

function exactness({ container }: CatalogueService): number {
  return container === undefined ? 0 : conditionsOf(container).length;
}

function conditionsOf({ project, service, labels }: ContainerSelector): readonly (readonly [string, string])[] {
  return Object.entries({
    ...labels,
    ...(project === undefined ? {} : { [COMPOSE_PROJECT]: project }),
    ...(service === undefined ? {} : { [COMPOSE_SERVICE]: service }),
  });
}

/** What its labels tell of one container, or of several that stand for one service. */
export function serviceFrom(container: Container, group: readonly Container[] = [container]): CatalogueService {
  const { labels } = container;
  return {
    name: nameOf(container) || container.name,
    aliases: [],
    company: companyOf(container),
    container: selectorOf(container),
    address: group.length === 1 ? addressOf(container) : undefined,
    protocol: protocolOf(labels['errata.protocol']),
    healthCheck: undefined,
    credentials: undefined,
    fixEndpoint: undefined,
    mode: lowest(group.map((one) => modeOf(one.labels['errata.mode']))),
    protected: group.some(isOwnStack),
  };
}

function fill(service: CatalogueService, discovered: CatalogueService): CatalogueService {
  return {
    ...service,
    container: service.container ?? discovered.container,
    address: service.address ?? discovered.address,
    protocol: service.protocol ?? discovered.protocol,
    mode: lowest([service.mode, discovered.mode]),
    protected: service.protected || discovered.protected,
  };
}

function nameOf({ labels }: Container): string {
  return labels[SERVICE_LABEL] ?? labels[COMPOSE_SERVICE] ?? '';
}

/** NaN, which is nobody's, when it can't be read. */
function companyOf({ labels }: Container): number {
  const text = labels['errata.company'];
  if (text === undefined) return DEFAULT_COMPANY;
  return /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
}

/** Of any project: when two have a service of that name, it is ambiguous who is meant by it. */
function selectorOf({ labels }: Container): CatalogueService['container'] {
  const company = labels['errata.company'];
  const own: Record<string, string> = company === undefined ? {} : { 'errata.company': company };
  const name = labels[SERVICE_LABEL];
  if (name !== undefined) return { project: undefined, service: undefined, labels: { ...own, [SERVICE_LABEL]: name } };
  const service = labels[COMPOSE_SERVICE];
  return service === undefined ? undefined : { project: undefined, service, labels: own };
}

function addressOf({ labels, addresses, networkMode }: Container): CatalogueService['address'] {
  const port = Number(labels['errata.port']);
  const host = networkMode === 'host' ? '127.0.0.1' : addresses[0];
  return host !== undefined && Number.isInteger(port) && port > 0 && port < 65_536 ? { host, port } : undefined;
}

function protocolOf(text: string | undefined): Protocol | undefined {
  return protocols.find((protocol) => protocol === text);
}

/** A mode that nobody knows was meant to limit something. */
function modeOf(text: string | undefined): Mode | undefined {
  return text === undefined ? undefined : (modes.find((mode) => mode === text) ?? 'observe');
}

function lowest(given: readonly (Mode | undefined)[]): Mode | undefined {
  return modes.find((mode) => given.includes(mode));
}
