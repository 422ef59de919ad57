// Who is meant by an error: on a real engine with the containers of two compose projects, our own stack and a stranger.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test as plainTest } from 'vitest';
import { createDockerEngine } from '../../../src/healing/docker-engine.ts';
import { type FoundTarget, findTarget } from '../../../src/healing/find-target.ts';
import type { Rule } from '../../../src/healing/rule.ts';
import { type ServiceCatalogue, createCatalogue } from '../../../src/healing/service-catalogue.ts';
import type { CatalogueService } from '../../../src/healing/target.ts';
import type { HealingError } from '../../../src/store/attempt-store.ts';
import { dockerTest as test, missing } from './engine.ts';
import { type Harness, serviceOf, startHarness } from './harness.ts';

const logger = pino({ enabled: false });

const configured: readonly CatalogueService[] = [
  serviceOf({
    name: 'checkout',
    aliases: ['Checkout API'],
    container: { project: 'shop', service: 'checkout', labels: {} },
    mode: 'auto',
  }),
  serviceOf({ name: 'ledger', address: { host: 'db.internal', port: 5432 }, aliases: ['db.internal'] }),
  serviceOf({ name: 'sessions', address: { host: 'db.internal', port: 6379 }, aliases: ['db.internal'] }),
  serviceOf({ name: 'theirs', company: 2 }),
  serviceOf({ name: 'workers', container: { project: 'shop', service: 'worker', labels: {} } }),
  serviceOf({ name: 'crown-jewels', protected: true }),
  serviceOf({ name: 'tenant-stock', company: 2, container: { project: 'tenant', service: 'stock', labels: {} } }),
];

let harness: Harness;
let catalogue: ServiceCatalogue;
let directory = '';
const ids: Record<string, string> = {};

beforeAll(async () => {
  if (missing !== undefined) return;
  harness = await startHarness();
  directory = await mkdtemp(join(tmpdir(), 'errata-catalogue-'));
  await run('checkout', 'shop', 'checkout', { 'errata.autofix': 'true', 'errata.mode': 'approve' });
  await run('api', 'shop', 'api', {});
  await run('billing-api', 'billing', 'billing-api', {});
  await run('shop-cache', 'shop', 'cache', { 'errata.autofix': 'true' });
  await run('billing-cache', 'billing', 'cache', { 'errata.autofix': 'true' });
  await run('shop-queue', 'shop', 'queue', { 'errata.autofix': 'true' });
  await run('billing-queue', 'billing', 'queue', {});
  await run('billing-mq', 'billing', 'mq', { 'errata.autofix': 'true' });
  await run('worker-1', 'shop', 'worker', { 'errata.autofix': 'true' });
  await run('worker-2', 'shop', 'worker', { 'errata.autofix': 'true' });
  await run('shop-stock', 'shop', 'stock', { 'errata.autofix': 'true' });
  await run('tenant-stock', 'tenant', 'stock', { 'errata.autofix': 'true', 'errata.mode': 'observe' });
  await run('other-stock', 'other', 'stock', { 'errata.autofix': 'true', 'errata.company': '3' });
  await run('other-stock-2', 'other', 'stock', { 'errata.company': '3' });
  await run('checkout-run', 'shop', 'checkout', { 'errata.autofix': 'true', 'com.docker.compose.oneoff': 'True' });
  await run('clickhouse', 'errata', 'clickhouse', { 'errata.autofix': 'true' });
  await run('proxy', 'errata', 'guard', { 'errata.autofix': 'true', 'errata.role': 'proxy' });
  ids['mail'] = await harness.real.runContainer({
    name: 'mail',
    labels: {
      'errata.autofix': 'true',
      'errata.service': 'mailer',
      'errata.company': '2',
      'errata.port': '25',
      'errata.protocol': 'http',
      'errata.mode': 'sometimes',
    },
  });
  catalogue = createCatalogue({
    services: configured,
    docker: harness.client,
    healthChecksFile: join(directory, 'health-checks.json'),
    logger,
  });
  await catalogue.start();
});
afterAll(async () => {
  await catalogue?.stop();
  await harness?.stop();
  await rm(directory, { recursive: true, force: true });
});

test('the subject is found by the name or alias of the catalogue, case aside', async () => {
  for (const service of ['checkout', 'Checkout', 'checkout api']) {
    const found = await find('subject', { service });
    expect(found).toMatchObject({
      kind: 'found',
      target: { key: 'container/shop/checkout', name: 'checkout', container: { id: ids['checkout'] } },
    });
  }
});

test('the subject is found by the id of its container, also by the 12 characters of its host name', async () => {
  const id = ids['checkout'] ?? '';
  for (const error of [{ containerId: id }, { containerId: id.slice(0, 12) }, { host: id.slice(0, 12) }]) {
    expect(await find('subject', { service: 'whatever', ...error })).toMatchObject({
      kind: 'found',
      target: { name: 'checkout', container: { id } },
    });
  }
});

test('a name is never compared by a part of it', async () => {
  expect(await find('subject', { service: 'check' })).toEqual(none('check'));
  expect(await find('subject', { service: 'checkout-2' })).toEqual(none('checkout-2'));
  expect(await find('subject', { service: 'pi' })).toEqual(none('pi'));
  expect(await find('subject', { service: 'api' })).toMatchObject({
    kind: 'found',
    target: { key: 'container/shop/api', container: { id: ids['api'] } },
  });
});

test('an unlabelled container is told apart, and does not carry the label that lets act', async () => {
  const found = await find('subject', { service: 'billing-api' });
  if (found.kind !== 'found') throw new Error(found.note);
  expect(found.target.container?.labels['errata.autofix']).toBeUndefined();
});

test('what two containers fit is ambiguous', async () => {
  expect(await find('subject', { service: 'workers' })).toMatchObject({
    kind: 'suppressed',
    reason: 'ambiguous_target',
    note: expect.stringMatching(/^2 containers stand for workers: worker-\d, worker-\d$/),
  });
  expect(await find('subject', { service: 'cache' })).toMatchObject({ reason: 'ambiguous_target' });
  // Also when only one of the two is labelled: it may be the other one that reports.
  expect(await find('subject', { service: 'queue' })).toMatchObject({ reason: 'ambiguous_target' });
});

test('a one-off container is never a target', async () => {
  expect(await find('subject', { service: 'checkout', containerId: ids['checkout-run'] ?? '' })).toEqual({
    kind: 'suppressed',
    reason: 'no_target',
    note: 'it comes from a one-off container',
  });
});

test('what belongs to another company is not touched and not told, also when its container is named', async () => {
  const other = { kind: 'suppressed', reason: 'other_company', note: 'it belongs to another company' };
  expect(await find('subject', { service: 'theirs' })).toEqual(other);
  expect(await find('subject', { service: 'x', containerId: ids['mail'] ?? '' })).toEqual(other);
  expect(await find('subject', { service: 'theirs', companyId: 2 })).toMatchObject({ kind: 'found' });
});

test("another company's container of the same name makes nothing ambiguous, and is not named", async () => {
  expect(await find('subject', { service: 'stock' })).toMatchObject({
    target: { key: 'container/shop/stock', container: { id: ids['shop-stock'] }, service: { mode: undefined } },
  });
  expect(await find('subject', { service: 'tenant-stock', companyId: 2 })).toMatchObject({
    target: { key: 'container/tenant/stock', container: { id: ids['tenant-stock'] } },
  });
  expect(await find('subject', { service: 'stock', companyId: 3 })).toMatchObject({
    reason: 'ambiguous_target',
    note: expect.stringMatching(/^2 containers stand for stock: other-stock(-2)?, other-stock(-2)?$/),
  });
});

test("another company's container is not reached by its id or address either", async () => {
  const other = { kind: 'suppressed', reason: 'other_company', note: 'it belongs to another company' };
  for (const name of ['tenant-stock', 'other-stock', 'other-stock-2']) {
    const id = ids[name] ?? '';
    expect(await find('subject', { service: 'stock', containerId: id })).toEqual(other);
    const details = { 'server.address': 'stock' };
    expect(await find('peer', { service: 'x', containerId: id, details })).toEqual(other);
  }
  for (const name of ['tenant-stock', 'other-stock']) {
    const details = { 'network.peer.address': await harness.real.addressOf(ids[name] ?? '') };
    expect(await find('peer', { service: 'x', details })).toEqual(other);
  }
});

test.each(['clickhouse', 'guard'])("Errata's own %s is protected", async (service) => {
  expect(await find('subject', { service })).toMatchObject({
    kind: 'found',
    target: { service: { protected: true } },
  });
});

test('the peer is found by name, and by host with port where a host stands for several', async () => {
  const peer = (details: HealingError['details']) => find('peer', { service: 'checkout', details });
  expect(await peer({ 'server.address': 'db.internal', 'server.port': 5432 })).toMatchObject({
    target: { key: 'service/1/ledger' },
  });
  expect(await peer({ 'server.address': 'db.internal', 'server.port': 6379 })).toMatchObject({
    target: { key: 'service/1/sessions' },
  });
  expect(await peer({ 'server.address': 'db.internal' })).toMatchObject({ reason: 'ambiguous_target' });
  expect(await peer({ 'server.address': 'db.internal', 'server.port': 3306 })).toEqual(none('db.internal'));
  expect(await peer({})).toMatchObject({
    reason: 'no_target',
    note: 'the error does not say what the service talked to',
  });
});

test("the peer's name holds within the project of the container that reported", async () => {
  const error = { service: 'checkout', containerId: ids['checkout'] ?? '', details: { 'server.address': 'api' } };
  expect(await find('peer', error)).toMatchObject({ target: { key: 'container/shop/api' } });
  const cache = await find('peer', { ...error, details: { 'server.address': 'cache', 'server.port': 6379 } });
  expect(cache).toMatchObject({ target: { key: 'container/shop/cache', container: { id: ids['shop-cache'] } } });
  expect(await find('peer', { ...error, details: { 'server.address': 'mq' } })).toEqual(none('mq'));
  expect(await find('peer', { ...error, details: { 'server.address': 'billing-api' } })).toEqual(none('billing-api'));
});

test('the peer is found by the address of its container', async () => {
  const address = await harness.real.addressOf(ids['checkout'] ?? '');
  expect(await find('peer', { service: 'x', details: { 'network.peer.address': address } })).toMatchObject({
    target: { name: 'checkout' },
  });
});

test('a rule may name a service of the catalogue, and only that', async () => {
  expect(await find({ service: 'ledger' }, { service: 'x' })).toMatchObject({ target: { key: 'service/1/ledger' } });
  expect(await find({ service: 'billing-api' }, { service: 'x' })).toEqual(none('billing-api'));
});

test('labels name services that errata.yaml does not know, and an unknown mode is the lowest', async () => {
  const address = await harness.real.addressOf(ids['mail'] ?? '');
  expect(catalogue.services().find(({ name }) => name === 'mailer')).toMatchObject({
    company: 2,
    container: { labels: { 'errata.service': 'mailer', 'errata.company': '2' } },
    address: { host: address, port: 25 },
    protocol: 'http',
    mode: 'observe',
  });
});

test('labels fill what errata.yaml leaves open, and of two modes the lower one holds', () => {
  expect(catalogue.services().find(({ name }) => name === 'checkout')).toMatchObject({ mode: 'approve' });
});

test('a labelled container that starts or goes is known without waiting', async () => {
  const labels = { 'errata.autofix': 'true', 'errata.service': 'late' };
  const id = await harness.real.runContainer({ name: 'late', labels });
  const names = () => catalogue.services().map(({ name }) => name);
  await expect.poll(names).toContain('late');
  await harness.real.docker.getContainer(id).remove({ force: true });
  await expect.poll(names).not.toContain('late');
});

test('without an engine the catalogue still names targets, without a container', async () => {
  const away = createDockerEngine({ host: 'unix:///nowhere.sock', now: Date.now, logger }).engine;
  for (const engine of [undefined, away]) {
    const found = await findTarget({ target: 'subject' }, errorOf({ service: 'checkout' }), { catalogue, engine });
    expect(found).toMatchObject({ kind: 'found', target: { key: 'container/shop/checkout', container: undefined } });
  }
});

plainTest('a corrected health check survives a restart, and a broken file is no obstacle', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'errata-checks-'));
  const healthChecksFile = join(folder, 'health-checks.json');
  const healthCheck = { protocol: 'http', path: '/up' } as const;
  const db = serviceOf({ name: 'db', healthCheck });
  const theirs = serviceOf({ name: 'db', company: 2, healthCheck });
  const cache = serviceOf({ name: 'cache' });
  const services = [db, theirs];
  const start = async () => {
    const one = createCatalogue({ services, docker: undefined, healthChecksFile, logger });
    await one.start();
    return one;
  };
  const first = await start();
  expect(first.healthCheckOf(db)).toBe('http');
  expect(first.healthCheckOf(serviceOf({ name: 'unknown' }))).toBeUndefined();
  const both = [first.correctHealthCheck(db, 'postgresql'), first.correctHealthCheck(cache, 'redis')];
  expect(await Promise.all(both)).toEqual([
    { before: 'http', after: 'postgresql' },
    { before: undefined, after: 'redis' },
  ]);
  await first.stop();
  const second = await start();
  expect(second.healthCheckOf(db)).toBe('postgresql');
  expect(second.services()[0]?.healthCheck).toEqual({ protocol: 'postgresql', path: '/up' });
  // Another company's of the same name stays as it is.
  expect(second.healthCheckOf(theirs)).toBe('http');
  expect(second.services()[1]?.healthCheck).toEqual({ protocol: 'http', path: '/up' });
  expect(JSON.parse(await readFile(healthChecksFile, 'utf8'))).toEqual({ '1/db': 'postgresql', '1/cache': 'redis' });
  await second.stop();
  await writeFile(healthChecksFile, '{"db": "gopher"');
  const third = await start();
  expect(third.healthCheckOf(db)).toBe('http');
  await third.stop();
  await rm(folder, { recursive: true, force: true });
});

async function run(name: string, project: string, service: string, labels: Record<string, string>): Promise<void> {
  const compose = { 'com.docker.compose.project': project, 'com.docker.compose.service': service };
  ids[name] = await harness.real.runContainer({ name, labels: { ...compose, ...labels } });
}

function find(target: Rule['target'], error: Partial<HealingError>): Promise<FoundTarget> {
  return findTarget({ target }, errorOf(error), { catalogue, engine: harness.engine });
}

function none(name: string): FoundTarget {
  return { kind: 'suppressed', reason: 'no_target', note: `no service or container is named ${name}` };
}

function errorOf(error: Partial<HealingError>): HealingError {
  return {
    id: 'e',
    companyId: 1,
    timestampMs: 0,
    receivedAtMs: 0,
    service: '',
    severity: 'error',
    errorType: '',
    exceptionType: '',
    message: '',
    details: {},
    handled: false,
    environment: '',
    release: '',
    host: '',
    containerId: '',
    traceId: '',
    source: 'span',
    fingerprint: '',
    ...error,
  };
}
