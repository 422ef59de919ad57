import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ChannelSettings } from '../../src/agents/channel.ts';
import type { Notice, Notification } from '../../src/agents/notice.ts';
import type { NotificationStore } from '../../src/agents/notification-log.ts';
import { createNotifier } from '../../src/agents/notifier.ts';
import type { NotifierSettings, RunningNotifier } from '../../src/agents/notifier.ts';
import { Failure } from '../../src/failure.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { NotificationEvent } from '../../src/store/agent-store.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';
import { openStore } from '../store/open-store.ts';
import { noticeOf } from './channels-notices.ts';
import { startReceiver } from './channels-receiver.ts';
import type { Receiver } from './channels-receiver.ts';
import { createMovableClock } from './notifier-clock.ts';
import type { MovableClock } from './notifier-clock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

let store: Store;
let closeStore: () => Promise<void>;
let clock: MovableClock;
/** Of its own in each test: they share the store. */
let companyId = 0;
const running: { readonly stop: (deadlineMs: number) => Promise<void> }[] = [];
const receivers: Receiver[] = [];
let told: { readonly fields: object; readonly message: string }[];

beforeAll(async () => {
  ({ store, close: closeStore } = await openStore());
});
afterAll(async () => closeStore());

beforeEach(() => {
  clock = createMovableClock(Date.now());
  companyId += 1;
  told = [];
});
afterEach(async () => {
  for (const notifier of running.splice(0)) await notifier.stop(0);
  for (const receiver of receivers.splice(0)) await receiver.close();
});

/** A busy machine is no failure. */
async function until(check: () => unknown, { intervalMs = 20 } = {}): Promise<void> {
  await vi.waitFor(check, { timeout: 20_000, interval: intervalMs });
}

async function receive(): Promise<Receiver> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  return receiver;
}

function channelOf(receiver: Receiver, change: Partial<ChannelSettings> = {}): ChannelSettings {
  const kinds = ['critical_error', 'fix_failed', 'approval_needed'] as const;
  return {
    type: 'webhook',
    name: `people-${companyId}`,
    kinds,
    url: receiver.url,
    secret: 'env:KEY',
    ...change,
  } as ChannelSettings;
}

async function start(
  settings: Partial<NotifierSettings>,
  {
    of = store,
    metrics = createMetrics(),
  }: { of?: NotificationStore; metrics?: ReturnType<typeof createMetrics> } = {},
): Promise<RunningNotifier> {
  const tell = (fields: object, message: string) => void told.push({ fields, message });
  const notifier = createNotifier(
    { channels: [], roster: [], publicUrl: 'https://errata.example', ...settings },
    {
      store: of,
      secret: () => 'right-horse',
      clock,
      newId: randomUUID,
      logger: { warn: () => undefined, error: tell },
      metrics,
    },
  );
  running.push(notifier);
  await notifier.start();
  return notifier;
}

const notice = (change: Partial<Notice> = {}) => noticeOf({ companyId, ...change });
const idsOf = (receiver: Receiver) => receiver.received.map(({ headers }) => headers['webhook-id']);
const titlesOf = (receiver: Receiver) =>
  receiver.received.map(({ body }) => (JSON.parse(body) as { data: { title: string } }).data.title);
const listed = async (notifier: RunningNotifier) => notifier.list({ companyId, limit: 1_000 });
const statesOf = async (notifier: RunningNotifier) => (await listed(notifier)).map(({ state }) => state);

/** Before time is moved: what is on its way would be cut off by it. */
async function settled(notifier: RunningNotifier): Promise<void> {
  await until(async () => expect(await notifier.list({ companyId, state: ['pending'], limit: 100 })).toEqual([]));
}

async function onlyOne(notifier: RunningNotifier): Promise<Notification> {
  const all = await listed(notifier);
  expect(all).toHaveLength(1);
  return all[0] ?? expect.fail();
}

describe('who is told', () => {
  test('a channel gets its kinds of its company, an agent what is its own, and nobody anything else', async () => {
    const [all, fixes, other, morgan] = [await receive(), await receive(), await receive(), await receive()];
    const notifier = await start({
      channels: [
        channelOf(all, { name: `all-${companyId}` }),
        channelOf(fixes, { name: `fixes-${companyId}`, kinds: ['fix_failed'], company: companyId }),
        channelOf(other, { name: `other-${companyId}`, company: companyId + 1_000 }),
      ],
      roster: [
        { name: 'morgan', role: 'DevOps', webhook: { url: morgan.url, secret: 'env:MORGAN' } },
        { name: 'alex', role: 'Finance', webhook: undefined },
      ],
    });
    await notifier.notify(notice({ key: 'a', title: 'a fix failed' }));
    await notifier.notify(notice({ key: 'b', title: 'an approval', kind: 'approval_needed' }));
    await notifier.notify(notice({ key: 'c', title: 'for morgan', kind: 'delegation_opened', agent: 'morgan' }));
    await notifier.notify(notice({ key: 'd', title: 'for morgan too', agent: 'morgan' }));
    await notifier.notify(notice({ key: 'e', title: 'for alex', kind: 'delegation_opened', agent: 'alex' }));
    await notifier.notify(notice({ key: 'f', title: 'a breaker', kind: 'breaker_open' }));
    await until(async () => expect(await statesOf(notifier)).toEqual(Array(5).fill('sent')));
    expect(titlesOf(all)).toEqual(['a fix failed', 'an approval']);
    expect(titlesOf(fixes)).toEqual(['a fix failed']);
    expect(titlesOf(other)).toEqual([]);
    expect(titlesOf(morgan)).toEqual(['for morgan', 'for morgan too']);
  });

  test('a company sees its own notifications, newest first, by state', async () => {
    const receiver = await receive();
    receiver.answer({ status: 200 }, { status: 400, body: 'no' });
    const notifier = await start({ channels: [channelOf(receiver)] });
    await notifier.notify(notice({ key: 'a', title: 'first' }));
    await until(async () => expect(await statesOf(notifier)).toEqual(['sent']));
    clock.move(1_000);
    await notifier.notify(notice({ key: 'b', title: 'second' }));
    await until(async () => expect(await statesOf(notifier)).toEqual(['failed', 'sent']));
    expect(await notifier.list({ companyId, state: ['failed'], limit: 10 })).toMatchObject([
      { channel: `people-${companyId}`, state: 'failed', tries: 1, note: 'HTTP 400 no', notice: { title: 'second' } },
    ]);
    expect(await notifier.list({ companyId: companyId + 1_000, limit: 10 })).toEqual([]);
  });

  test('what is told is stored before notify() answers; without the store it throws and tells nobody', async () => {
    const receiver = await receive();
    let isAway = false;
    const shaky: NotificationStore = {
      listNotifications: (filter) => store.listNotifications(filter),
      appendNotification: async (event) => {
        if (isAway) throw new Failure('STORE_UNAVAILABLE', 'away');
        await store.appendNotification(event);
      },
    };
    const notifier = await start({ channels: [channelOf(receiver)] }, { of: shaky });
    await notifier.notify(notice({ key: 'a' }));
    expect(await listed(notifier)).toHaveLength(1);
    await until(async () => expect(await statesOf(notifier)).toEqual(['sent']));
    isAway = true;
    await expect(notifier.notify(notice({ key: 'b' }))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    isAway = false;
    await notifier.notify(notice({ key: 'b' }));
    await until(async () => expect(await statesOf(notifier)).toEqual(['sent', 'sent']));
    expect(new Set(idsOf(receiver)).size).toBe(2);
    clock.move(15_000);
    await until(async () =>
      expect((await notifier.list({ companyId, state: ['failed'], limit: 5 })).map(({ note }) => note)).toEqual([
        'the store was away when it came',
      ]),
    );
  });
});

describe('tries', () => {
  test('a receiver that fails gets the same id again, and is told of one thing once', async () => {
    const receiver = await receive();
    receiver.answer({ status: 500, body: 'busy' }, 'reset');
    const metrics = createMetrics();
    const notifier = await start({ channels: [channelOf(receiver)] }, { metrics });
    await notifier.notify(notice());
    await until(async () => expect(await onlyOne(notifier)).toMatchObject({ tries: 1, note: 'HTTP 500 busy' }));
    const { nextTryAtMs = 0 } = await onlyOne(notifier);
    expect(nextTryAtMs - clock.now()).toBeGreaterThanOrEqual(800);
    expect(nextTryAtMs - clock.now()).toBeLessThanOrEqual(1_200);
    clock.move(1_200);
    await until(async () => expect(await onlyOne(notifier)).toMatchObject({ tries: 2 }));
    clock.move(2_400);
    await until(async () =>
      expect(await onlyOne(notifier)).toMatchObject({ state: 'sent', tries: 3, note: 'HTTP 200' }),
    );
    expect(receiver.received).toHaveLength(3);
    expect(new Set(idsOf(receiver)).size).toBe(1);
    expect(metrics.expose()).toContain(`errata_notifications_total{channel="people-${companyId}",outcome="retried"} 2`);
    await until(async () =>
      expect(metrics.expose()).toContain(`errata_notifications_total{channel="people-${companyId}",outcome="sent"} 1`),
    );
  });

  test('a receiver that asks for a pause gets it, and nothing else meanwhile; at most an hour', async () => {
    const receiver = await receive();
    receiver.answer(
      { status: 429, headers: { 'retry-after': '120' } },
      { status: 429, headers: { 'retry-after': '999999' } },
    );
    const notifier = await start({ channels: [channelOf(receiver)] });
    await notifier.notify(notice({ key: 'a', title: 'first' }));
    await until(async () => expect(await onlyOne(notifier)).toMatchObject({ tries: 1 }));
    expect(((await onlyOne(notifier)).nextTryAtMs ?? 0) - clock.now()).toBe(120_000);
    await notifier.notify(notice({ key: 'b', title: 'second' }));
    clock.move(119_000);
    await notifier.list({ companyId, limit: 1 });
    expect(titlesOf(receiver)).toEqual(['first']);
    clock.move(1_000);
    await until(() => expect(titlesOf(receiver)).toEqual(['first', 'second']));
    await until(async () => expect((await listed(notifier)).map(({ tries }) => tries)).toEqual([1, 1]));
    clock.move(HOUR_MS);
    await until(async () => expect(await statesOf(notifier)).toEqual(['sent', 'sent']));
  });

  test('a receiver that never answers is left after ten seconds, and does not hold up others', async () => {
    const [mute, fine] = [await receive(), await receive()];
    mute.answer('hang');
    const notifier = await start({
      channels: [channelOf(mute, { name: `mute-${companyId}` }), channelOf(fine, { name: `fine-${companyId}` })],
    });
    await notifier.notify(notice());
    await until(async () => expect((await statesOf(notifier)).sort()).toEqual(['pending', 'sent']));
    await until(() => expect(mute.received).toHaveLength(1));
    expect(fine.received).toHaveLength(1);
    clock.move(10_000);
    await until(async () =>
      expect(await notifier.list({ companyId, state: ['pending'], limit: 1 })).toMatchObject([
        { tries: 1, note: 'no answer in time' },
      ]),
    );
    clock.move(1_200);
    await until(async () => expect(await statesOf(notifier)).toEqual(['sent', 'sent']));
  });

  test('a notice that the store refused uses up none of the ten', async () => {
    const receiver = await receive();
    let isAway = true;
    const shaky: NotificationStore = {
      listNotifications: (filter) => store.listNotifications(filter),
      appendNotification: async (event) => {
        if (isAway) throw new Failure('STORE_UNAVAILABLE', 'away');
        await store.appendNotification(event);
      },
    };
    const notifier = await start({ channels: [channelOf(receiver)] }, { of: shaky });
    for (let n = 0; n < 10; n += 1) await expect(notifier.notify(notice({ key: `k${n}` }))).rejects.toThrow('away');
    isAway = false;
    for (let n = 0; n < 10; n += 1) await notifier.notify(notice({ key: `k${n}` }));
    expect(await notifier.list({ companyId, state: ['held'], limit: 20 })).toEqual([]);
    await until(() => expect(receiver.received).toHaveLength(10));
    await settled(notifier);
  });

  test('what failed was not told: the same is tried at once, also after a restart', async () => {
    const receiver = await receive();
    receiver.answer({ status: 400 }, { status: 400 });
    const settings = { channels: [channelOf(receiver)] };
    const first = await start(settings);
    await first.notify(notice());
    await until(async () => expect(await statesOf(first)).toEqual(['failed']));
    await first.notify(notice());
    await until(async () => expect(await statesOf(first)).toEqual(['failed', 'failed']));
    await first.stop(1_000);
    const second = await start(settings);
    await second.notify(notice());
    await until(async () => expect((await statesOf(second)).toSorted()).toEqual(['failed', 'failed', 'sent']));
  });

  test('a redirect and a refusal are failures at once, told in the log and counted', async () => {
    const receiver = await receive();
    receiver.answer({ status: 302, headers: { location: 'http://127.0.0.1:1/' } });
    const metrics = createMetrics();
    const notifier = await start({ channels: [channelOf(receiver)] }, { metrics });
    await notifier.notify(notice());
    await until(async () => expect(await onlyOne(notifier)).toMatchObject({ state: 'failed', note: 'HTTP 302' }));
    expect(told).toMatchObject([
      {
        fields: { channel: `people-${companyId}`, tries: 1, note: 'HTTP 302' },
        message: 'a notification was given up',
      },
    ]);
    expect(metrics.expose()).toContain(`errata_notifications_total{channel="people-${companyId}",outcome="failed"} 1`);
  });

  test('after a day of failures it is given up', async () => {
    const receiver = await receive();
    receiver.always({ status: 503 });
    const memory = openMemory();
    const notifier = await start({ channels: [channelOf(receiver)] }, { of: memory });
    await notifier.notify(notice());
    const startMs = clock.now();
    const newest = () => memory.all()[0] ?? expect.fail();
    for (let tries = 1; newest().state === 'pending'; tries += 1) {
      await until(() => expect(newest()).toMatchObject({ tries, note: 'HTTP 503' }), { intervalMs: 5 });
      const { nextTryAtMs = clock.now() } = newest();
      expect(nextTryAtMs - clock.now()).toBeLessThanOrEqual(18 * MINUTE_MS);
      clock.move(nextTryAtMs - clock.now());
    }
    expect(newest()).toMatchObject({ state: 'failed', note: 'HTTP 503' });
    expect(clock.now() - startMs).toBeGreaterThan(23 * HOUR_MS);
    expect(clock.now() - startMs).toBeLessThanOrEqual(24 * HOUR_MS);
    expect(receiver.received.length).toBeGreaterThan(80);
    expect(new Set(idsOf(receiver)).size).toBe(1);
  });

  test('a secret that is missing is waited for, and another one counts at once', async () => {
    const receiver = await receive();
    let isThere = false;
    const notifier = createNotifier(
      { channels: [channelOf(receiver)], roster: [], publicUrl: undefined },
      {
        store,
        secret: (reference) => {
          if (isThere) return 'right-horse';
          throw new Failure('CONFIG_INVALID', `${reference} is not there or empty`);
        },
        clock,
        newId: randomUUID,
        logger: { warn: () => undefined, error: () => undefined },
      },
    );
    running.push(notifier);
    await notifier.start();
    await notifier.notify(notice());
    await until(async () =>
      expect(await onlyOne(notifier)).toMatchObject({ tries: 1, note: 'env:KEY is not there or empty' }),
    );
    isThere = true;
    clock.move(1_200);
    await until(async () => expect(await statesOf(notifier)).toEqual(['sent']));
  });
});

describe('restarts', () => {
  test('what was not taken before a stop is sent after the start, with the same id', async () => {
    const receiver = await receive();
    receiver.answer({ status: 500 });
    const settings = { channels: [channelOf(receiver)] };
    const first = await start(settings);
    await first.notify(notice());
    await until(async () => expect(await onlyOne(first)).toMatchObject({ tries: 1 }));
    await first.stop(1_000);
    const second = await start(settings);
    clock.move(1_200);
    await until(async () => expect(await onlyOne(second)).toMatchObject({ state: 'sent', tries: 2 }));
    expect(receiver.received).toHaveLength(2);
    expect(new Set(idsOf(receiver)).size).toBe(1);
  });

  test('a stop in the middle of a try repeats it with the same id, and takes no notice any more', async () => {
    const receiver = await receive();
    receiver.answer('hang');
    const settings = { channels: [channelOf(receiver)] };
    const first = await start(settings);
    await first.notify(notice());
    await until(() => expect(receiver.received).toHaveLength(1));
    await first.stop(20);
    await first.stop(20);
    await expect(first.notify(notice({ key: 'later' }))).rejects.toMatchObject({ code: 'STOPPING' });
    const second = await start(settings);
    await until(async () => expect(await onlyOne(second)).toMatchObject({ state: 'sent', tries: 1 }));
    expect(receiver.received).toHaveLength(2);
    expect(new Set(idsOf(receiver)).size).toBe(1);
  });

  test('a stop before the start ends at once', async () => {
    const notifier = createNotifier(
      { channels: [], roster: [], publicUrl: undefined },
      { store, secret: () => '', clock, newId: randomUUID, logger: { warn: () => undefined, error: () => undefined } },
    );
    await notifier.stop(10_000);
  });

  test('what was told before is known after', async () => {
    const receiver = await receive();
    const settings = { channels: [channelOf(receiver)] };
    const first = await start(settings);
    for (let n = 0; n < 10; n += 1) await first.notify(notice({ key: `k${n}` }));
    await until(async () => expect(await statesOf(first)).toEqual(Array(10).fill('sent')));
    await first.stop(1_000);
    const second = await start(settings);
    await second.notify(notice({ key: 'k3' }));
    await second.notify(notice({ key: 'k10' }));
    expect(
      (await second.list({ companyId, state: ['held'], limit: 10 })).map(({ notice: { key }, note }) => [key, note]),
    ).toEqual(
      expect.arrayContaining([
        ['k3', 'told within the last hour'],
        ['k10', 'too many messages in five minutes'],
      ]),
    );
  });

  test('what waits for a channel that is gone fails, and says so', async () => {
    const receiver = await receive();
    receiver.answer({ status: 500 });
    const first = await start({ channels: [channelOf(receiver)] });
    await first.notify(notice());
    await until(async () => expect(await onlyOne(first)).toMatchObject({ tries: 1 }));
    await first.stop(1_000);
    const second = await start({});
    await until(async () =>
      expect(await onlyOne(second)).toMatchObject({
        state: 'failed',
        note: 'its channel is not in errata.yaml any more',
      }),
    );
  });

  test('a store that is away at the start is waited for', async () => {
    const receiver = await receive();
    let isAway = true;
    const shaky: NotificationStore = {
      appendNotification: (event) => store.appendNotification(event),
      listNotifications: async (filter) => {
        if (isAway) throw new Failure('STORE_UNAVAILABLE', 'away');
        return store.listNotifications(filter);
      },
    };
    const notifier = await start({ channels: [channelOf(receiver)] }, { of: shaky });
    await expect(notifier.notify(notice())).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    isAway = false;
    clock.move(2_000);
    await notifier.notify(notice());
    await until(async () => expect(await statesOf(notifier)).toEqual(['sent']));
  });
});

describe('the digest', () => {
  const heldOf = (notifier: RunningNotifier) => notifier.list({ companyId, state: ['held'], limit: 100 });

  test('equal keys are one message within an hour, and the rest is counted in a digest', async () => {
    const receiver = await receive();
    const notifier = await start({ channels: [channelOf(receiver)] });
    for (let n = 0; n < 4; n += 1) await notifier.notify(notice());
    await notifier.notify(notice({ companyId: companyId + 1_000, title: 'of another company' }));
    await until(() => expect(titlesOf(receiver)).toEqual(['A fix did not help', 'of another company']));
    await settled(notifier);
    await until(async () =>
      expect(await notifier.list({ companyId: companyId + 1_000, limit: 5 })).toMatchObject([{ state: 'sent' }]),
    );
    expect(await heldOf(notifier)).toMatchObject([{ repeats: 2, note: 'told within the last hour' }]);
    clock.move(15 * MINUTE_MS);
    await until(() => expect(receiver.received).toHaveLength(3));
    expect(JSON.parse(receiver.received[2]?.body ?? '')).toMatchObject({
      type: 'errata.digest',
      data: {
        company_id: companyId,
        severity: 'error',
        title: '3 more notices',
        fields: [{ name: 'Fix failed', value: '3' }],
        message: 'A fix did not help (3 times)',
      },
    });
    await until(async () => expect(await statesOf(notifier)).toEqual(['sent', 'sent', 'sent']));
    clock.move(45 * MINUTE_MS);
    await notifier.notify(notice({ title: 'an hour later' }));
    await until(() => expect(titlesOf(receiver)[3]).toBe('an hour later'));
  });

  test('above ten messages in five minutes the rest waits, but for what somebody waits for', async () => {
    const receiver = await receive();
    const notifier = await start({ channels: [channelOf(receiver)] });
    for (let n = 0; n < 35; n += 1) {
      const kind = n % 2 === 0 ? 'critical_error' : 'fix_failed';
      const severity = kind === 'critical_error' ? 'critical' : 'error';
      await notifier.notify(notice({ key: `k${n}`, title: `title ${n}`, kind, severity }));
    }
    await notifier.notify(notice({ key: 'a', title: 'an approval', kind: 'approval_needed' }));
    await notifier.notify(notice({ key: 'a', title: 'the same', kind: 'approval_needed' }));
    await until(() => expect(receiver.received).toHaveLength(11));
    await settled(notifier);
    expect(titlesOf(receiver)[10]).toBe('an approval');
    expect(await heldOf(notifier)).toHaveLength(26);
    clock.move(5 * MINUTE_MS);
    await notifier.notify(notice({ key: 'b', title: 'calm again' }));
    await until(() => expect(titlesOf(receiver)[11]).toBe('calm again'));
    await settled(notifier);
    clock.move(10 * MINUTE_MS);
    await until(() => expect(receiver.received).toHaveLength(13));
    const { data } = JSON.parse(receiver.received[12]?.body ?? '') as { data: { message: string } };
    expect(data).toMatchObject({
      severity: 'critical',
      title: '26 more notices',
      fields: [
        { name: 'Critical error', value: '13' },
        { name: 'Fix failed', value: '12' },
        { name: 'Approval needed', value: '1' },
      ],
    });
    expect(data.message.split('\n')).toEqual([
      ...Array.from({ length: 20 }, (_, n) => `title ${n + 10}`),
      '… and 6 more',
    ]);
    await until(async () => expect(await heldOf(notifier)).toEqual([]));
  });

  test('what is held survives a restart, also when its digest was not taken', async () => {
    const receiver = await receive();
    const settings = { channels: [channelOf(receiver)] };
    const first = await start(settings);
    for (let n = 0; n < 3; n += 1) await first.notify(notice());
    await settled(first);
    await first.stop(1_000);
    receiver.always({ status: 500 });
    const second = await start(settings);
    clock.move(15 * MINUTE_MS);
    await until(async () =>
      expect(await second.list({ companyId, state: ['pending'], limit: 5 })).toMatchObject([{ tries: 1 }]),
    );
    await second.stop(1_000);
    receiver.always({ status: 200 });
    const third = await start(settings);
    clock.move(15 * MINUTE_MS);
    await until(async () => expect(await statesOf(third)).toEqual(['sent', 'sent', 'sent']));
    expect(titlesOf(receiver)).toEqual(['A fix did not help', '2 more notices', '2 more notices']);
    expect(new Set(idsOf(receiver)).size).toBe(2);
    const [digest] = (await listed(third)).filter(({ notice: { kind } }) => kind === 'digest');
    const [member] = (await listed(third)).filter(({ id }) => digest?.tells?.includes(id));
    expect(member).toMatchObject({ state: 'sent', note: `in digest ${digest?.id}`, repeats: 1 });
  });

  test('each digest is an alert of its own', async () => {
    const receiver = await receive();
    receiver.always({ status: 202 });
    const notifier = await start({
      channels: [channelOf(receiver, { type: 'pagerduty', routingKey: 'env:KEY' })],
    });
    for (let round = 1; round <= 2; round += 1) {
      await notifier.notify(notice({ key: `a${round}` }));
      await settled(notifier);
      await notifier.notify(notice({ key: `a${round}` }));
      clock.move(15 * MINUTE_MS);
      await until(() => expect(receiver.received).toHaveLength(2 * round));
      await settled(notifier);
    }
    const keys = receiver.received.map(({ body }) => (JSON.parse(body) as { dedup_key: string }).dedup_key);
    expect(new Set(keys).size).toBe(4);
    expect(keys[1]).toMatch(new RegExp(`^errata/${companyId}/digest/`));
    expect(keys[3]).toMatch(new RegExp(`^errata/${companyId}/digest/`));
  });

  test('a digest that is refused fails with all that it told', async () => {
    const receiver = await receive();
    const notifier = await start({ channels: [channelOf(receiver)] });
    await notifier.notify(notice());
    await notifier.notify(notice());
    await settled(notifier);
    receiver.always({ status: 403 });
    clock.move(15 * MINUTE_MS);
    await until(async () => expect((await statesOf(notifier)).sort()).toEqual(['failed', 'failed', 'sent']));
  });
});

test('a flood is bounded: a digest goes out early, and a receiver that is far behind gets one for the rest', async () => {
  const receiver = await receive();
  const memory = openMemory();
  const notifier = await start({ channels: [channelOf(receiver)] }, { of: memory });
  for (let n = 0; n < 1_010; n += 1) await notifier.notify(notice({ key: `k${n}` }));
  await until(() => expect(titlesOf(receiver)).toHaveLength(11));
  expect(titlesOf(receiver)[10]).toBe('1000 more notices');
  receiver.always('hang');
  for (let n = 0; n < 1_001; n += 1) await notifier.notify(notice({ key: `a${n}`, kind: 'approval_needed' }));
  expect(memory.all().filter(({ state }) => state === 'pending')).toHaveLength(1_000);
  expect(memory.all().filter(({ state }) => state === 'held')).toMatchObject([
    { note: 'too many wait for the receiver', notice: { key: 'a1000' } },
  ]);
});

test('whatever the receiver and the store do, no notice is lost: it is sent, or told in a digest, or failed in the end', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('notify' as const), key: fc.integer({ min: 0, max: 14 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('move' as const), ms: fc.integer({ min: 1, max: 1_200_000 }) }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('store' as const), isAway: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('receiver' as const), status: fc.constantFrom(200, 200, 429, 500, 400) }),
    },
  );
  const receiver = await receive();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
      const memory = openMemory();
      const settings = { channels: [channelOf(receiver, { kinds: ['fix_failed', 'approval_needed'] })] };
      receiver.always({ status: 200 });
      let notifier = await start(settings, { of: memory });
      const accepted: string[] = [];
      for (const step of steps) {
        if (step.do === 'move') clock.move(step.ms);
        else if (step.do === 'store') memory.setAway(step.isAway);
        else if (step.do === 'receiver') receiver.always({ status: step.status });
        else if (step.do === 'restart') {
          await notifier.stop(5);
          notifier = await start(settings, { of: memory });
        } else {
          const key = `k${step.key}`;
          const kind = step.key % 5 === 0 ? 'approval_needed' : 'fix_failed';
          const isAccepted = await notifier.notify(notice({ key, kind })).then(
            () => true,
            () => false,
          );
          if (isAccepted) accepted.push(key);
        }
      }
      memory.setAway(false);
      receiver.always({ status: 200 });
      const isOver = ({ state }: Notification) => state === 'sent' || state === 'failed';
      await until(
        () => {
          const left = memory.all().filter((one) => !isOver(one));
          const dueAtMs = left.map((one) => one.nextTryAtMs ?? one.createdAtMs + 15 * MINUTE_MS);
          // Little at a time while something may be on its way; else to the next thing that is due.
          clock.move(Math.max(2_000, Math.min(...dueAtMs, clock.now() + HOUR_MS) - clock.now()));
          expect(left).toEqual([]);
        },
        { intervalMs: 3 },
      );
      await notifier.stop(1_000);
      const ended = memory.all().filter(({ notice: { kind } }) => kind !== 'digest');
      for (const key of new Set(accepted)) {
        const times = ended
          .filter(({ notice }) => notice.key === key)
          .reduce((sum, { repeats = 0 }) => sum + 1 + repeats, 0);
        expect(times).toBeGreaterThanOrEqual(accepted.filter((one) => one === key).length);
      }
      // Whatever is said to be sent has arrived, alone or in a digest that has.
      const arrived = new Set(idsOf(receiver));
      const inDigests = new Set(memory.all().flatMap(({ id, tells = [] }) => (arrived.has(id) ? tells : [])));
      for (const { id, state } of memory.all())
        if (state === 'sent') expect(arrived.has(id) || inDigests.has(id)).toBe(true);
    }),
    { numRuns: 200, endOnFailure: true },
  );
}, 120_000);

/** The newest event of each, as the store keeps them; a write that fails may have been done all the same. */
function openMemory(): NotificationStore & {
  readonly all: () => readonly Notification[];
  readonly setAway: (isAway: boolean) => void;
} {
  const events = new Map<string, NotificationEvent>();
  let isAway = false;
  let failures = 0;
  const newestFirst = () => [...events.values()].toSorted((a, b) => b.createdAtMs - a.createdAtMs);
  const check = () => {
    if (isAway) throw new Failure('STORE_UNAVAILABLE', 'away');
  };
  return {
    appendNotification: async (event) => {
      const isHalfDone = isAway && (failures += 1) % 3 === 0;
      if (!isHalfDone) check();
      if ((events.get(event.notificationId)?.seq ?? 0) <= event.seq) events.set(event.notificationId, event);
      check();
    },
    listNotifications: async ({ state, createdSinceMs = 0, limit }) => {
      check();
      return newestFirst()
        .filter((event) => state?.includes(event.state) !== false && event.createdAtMs >= createdSinceMs)
        .slice(0, limit)
        .map(({ notification }) => notification);
    },
    all: () => newestFirst().map(({ notification }) => JSON.parse(notification) as Notification),
    setAway: (away) => void (isAway = away),
  };
}
