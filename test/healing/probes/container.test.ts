import { expect, test } from 'vitest';
import { inspectFacts, type Seen } from '../../../src/healing/probes/container-inspect.ts';
import { healthProtocolOf } from '../../../src/healing/probes/health-protocol.ts';
import { trendOf } from '../../../src/healing/probes/memory-trend.ts';
import { addressOf } from '../../../src/healing/probes/target-address.ts';
import type { Container } from '../../../src/healing/target.ts';
import { runProbe, targetAt } from './probe-setup.ts';

const nowMs = Date.UTC(2026, 10, 24, 12, 0, 0);

const container: Container = {
  id: 'ab12'.repeat(16),
  name: 'shop-db-1',
  labels: {},
  status: 'running',
  health: 'healthy',
  startedAt: '2026-11-24T11:58:00.000000000Z',
  finishedAt: '0001-01-01T00:00:00Z',
  createdAtMs: nowMs - 200_000,
  exitCode: 0,
  oomKilled: false,
  memoryBytes: 67_108_864,
  memorySwapBytes: 134_217_728,
  restartPolicy: 'unless-stopped',
  healthCommand: 'pg_isready',
  addresses: ['172.18.0.3'],
  networkMode: 'shop_default',
};

const event = (action: string, agoMs: number) => ({ action, atMs: nowMs - agoMs, exitCode: undefined });
const seen = (parts: Partial<Seen> = {}): Seen => ({ events: [], foreignEvents: [], nowMs, ...parts });

test('a container that runs', () => {
  expect(inspectFacts(container, seen())).toEqual({
    status: 'running',
    health: 'healthy',
    age_s: 120,
    recent_oom: false,
    operator_hold: false,
    paused: false,
    memory_bytes: 67_108_864,
    health_protocol: 'postgresql',
  });
});

test('a container that has exited has a code and no age', () => {
  const facts = inspectFacts(
    { ...container, status: 'exited', exitCode: 1, healthCommand: '' },
    seen({ events: [event('die', 9_000)] }),
  );
  expect(facts).toEqual({
    status: 'exited',
    health: 'healthy',
    exit_code: 1,
    recent_oom: false,
    operator_hold: false,
    paused: false,
    memory_bytes: 67_108_864,
  });
});

const oom = { status: 'exited', oomKilled: true, exitCode: 137 } as const;
test.each<[string, Partial<Container>, Partial<Seen>, boolean]>([
  ['an oom event just now, of a child: it runs on', {}, { events: [event('oom', 60_000)] }, true],
  ['an oom event an hour ago', {}, { events: [event('oom', 3_600_000)] }, false],
  ['killed for its memory before we looked', oom, {}, true],
  ['the flag stayed after a restart', { oomKilled: true }, {}, false],
  ['killed by somebody', { ...oom, oomKilled: false }, {}, false],
])('out of memory: %s', (_name, parts, events, expected) => {
  expect(inspectFacts({ ...container, ...parts }, seen(events))['recent_oom']).toBe(expected);
});

const exited = { status: 'exited', exitCode: 143 } as const;
test.each<[string, Partial<Container>, Partial<Seen>, boolean]>([
  ['stopped by hand', exited, { foreignEvents: [event('kill', 9_000), event('stop', 8_000)] }, true],
  ['stopped by Errata', exited, { events: [event('kill', 9_000), event('stop', 8_000)] }, false],
  ['restarted by hand', {}, { foreignEvents: [event('stop', 9_000), event('start', 8_000)] }, false],
  ['a signal that did not end it', {}, { foreignEvents: [event('kill', 9_000)] }, false],
  ['crashed', exited, { events: [event('die', 9_000)] }, false],
  ['paused, whoever did it', { status: 'paused' }, {}, true],
])('operator hold: %s', (_name, parts, events, expected) => {
  expect(inspectFacts({ ...container, ...parts }, seen(events))['operator_hold']).toBe(expected);
});

test.each([
  ['curl -f http://localhost/health', 'http'],
  ['wget --spider -q localhost', 'http'],
  ['/usr/bin/pg_isready -U app', 'postgresql'],
  ['redis-cli ping', 'redis'],
  ['mysqladmin ping -h localhost', 'mysql'],
  ['healthcheck.sh --connect mariadb', 'mysql'],
  ['mongosh --eval db.hello()', 'mongodb'],
  ['rabbitmq-diagnostics -q ping', 'amqp'],
  ['/bin/grpc_health_probe -addr=:50051', 'grpc'],
  ['test -f /tmp/ready', undefined],
  ['', undefined],
])('a HEALTHCHECK of %j asks for %s', (command, protocol) => {
  expect(healthProtocolOf(command)).toBe(protocol);
});

test.each<[string, readonly number[], { growing: boolean; slope: number } | undefined]>([
  ['a leak', [100_000, 110_000, 120_000, 130_000], { growing: true, slope: 20_000 }],
  ['steady', [100_000, 100_000, 100_000, 100_000], { growing: false, slope: 0 }],
  ['a sawtooth', [100_000, 150_000, 90_000, 160_000], { growing: false, slope: 24_000 }],
  ['noise', [100_000, 100_100, 100_200, 100_300], { growing: false, slope: 200 }],
  ['shrinking', [130_000, 120_000, 110_000, 100_000], { growing: false, slope: -20_000 }],
  ['too few', [100_000, 110_000], undefined],
])('memory trend: %s', (_name, bytes, expected) => {
  expect(trendOf(bytes.map((bytes, index) => ({ atMs: index * 500, bytes })))).toEqual(expected);
});

test('the address of the catalogue goes before that of the container; the port of a parameter before the usual one', () => {
  const target = { ...targetAt(5_433), container };
  expect(addressOf(target, 9_999)).toEqual({ host: '127.0.0.1', port: 5_433 });
  const discovered = { ...target, service: { ...target.service, address: undefined } };
  expect(addressOf(discovered, 9_999)).toEqual({ host: '172.18.0.3', port: 9_999 });
  expect(addressOf(discovered, undefined, 'postgresql')).toEqual({ host: '172.18.0.3', port: 5_432 });
  expect(addressOf(discovered, undefined)).toBeUndefined();
  expect(addressOf({ ...discovered, container: { ...container, addresses: [] } }, 80)).toBeUndefined();
});

test.each(['container.inspect', 'container.usage', 'memory.trend'])('%s needs an engine', async (name) => {
  await expect(runProbe(name, { target: { ...targetAt(1), container } })).rejects.toMatchObject({
    code: 'ENGINE_UNAVAILABLE',
  });
});

test('the expected check is that of the catalogue; what is attempted, failing that, is told by the HEALTHCHECK', async () => {
  const health = targetAt(1, { healthCheck: { protocol: 'http', path: '/health' } });
  expect(await runProbe('check.expected', { target: { ...health, container } })).toEqual({
    protocol: 'http',
    path: '/health',
    attempted: 'http',
  });
  expect(await runProbe('check.expected', { target: { ...targetAt(1), container } })).toEqual({
    attempted: 'postgresql',
  });
  expect(await runProbe('check.expected', { target: targetAt(1) })).toEqual({});
});
