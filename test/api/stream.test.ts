// GET /api/stream over a real socket: order, resuming, filters, limits.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openTestApi, tokenOf } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
let base: string;
const open: AbortController[] = [];
beforeAll(async () => {
  t = await openTestApi({ tokens: [tokenOf(7, 'seven'), tokenOf(8, 'eight')] });
  base = `http://127.0.0.1:${(await t.api.start()).port}`;
});
afterEach(() => {
  for (const controller of open.splice(0)) controller.abort();
});
afterAll(async () => {
  await t.close();
});

interface Event {
  readonly id: string;
  readonly type: string;
  readonly message: string;
}

const log = async (
  message: string,
  more: object = {},
  token = 'seven',
): Promise<{ id: string; received_at: string }> => {
  const answer = await fetch(`${base}/api/errors/log`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ service: 's', severity: 'error', message, ...more }),
  });
  expect(answer.status).toBe(201);
  return (await answer.json()) as { id: string; received_at: string };
};

/** Connects; the returned function waits for that many events. */
async function listen(query = '', headers: Record<string, string> = {}) {
  const controller = new AbortController();
  open.push(controller);
  const response = await fetch(`${base}/api/stream${query}`, {
    headers: { authorization: 'Bearer seven', ...headers },
    signal: controller.signal,
  });
  expect(response.status, await (response.ok ? '' : response.text())).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (reader === undefined) throw new Error('no body');
  let text = '';
  const events: Event[] = [];
  return async (count: number): Promise<readonly Event[]> => {
    while (events.length < count) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended after ${events.length} events`);
      text += value;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const fields = new Map(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        );
        text = text.slice(end + 2);
        const data = fields.get('data');
        if (data === undefined) continue;
        events.push({ id: fields.get('id') ?? '', type: fields.get('event') ?? '', message: JSON.parse(data).message });
      }
    }
    return events.slice(0, count);
  };
}

test('errors come as they are stored, each once, in order, as list items', async () => {
  await log('before');
  const receive = await listen();
  for (const message of ['one', 'two', 'three']) await log(message);
  const events = await receive(3);
  expect(events.map((event) => event.message)).toEqual(['one', 'two', 'three']);
  expect(events[0]).toMatchObject({ type: 'error', id: expect.stringMatching(/^\d{13}\.[0-9a-f-]{36}$/) });
});

test('a reader that comes back goes on behind the last event it saw, by header or by query', async () => {
  const receive = await listen();
  for (const message of ['r1', 'r2', 'r3', 'r4']) await log(message);
  const [, second] = await receive(2);
  const resumed = await listen('', { 'last-event-id': second?.id ?? '' });
  expect((await resumed(2)).map((event) => event.message)).toEqual(['r3', 'r4']);
  const asked = await listen(`?last_event_id=${second?.id}`);
  expect((await asked(2)).map((event) => event.message)).toEqual(['r3', 'r4']);
});

test('resuming over more than one batch misses nothing and repeats nothing', async () => {
  const receive = await listen();
  await log('start');
  const [start] = await receive(1);
  const events = Array.from({ length: 450 }, (_, index) =>
    t.operations.makeError(
      { service: 's', severity: 'error', message: `bulk ${index}` },
      { companyId: 7, nowMs: Date.now(), newId: t.operations.newId },
    ),
  );
  await t.store.insert(events);
  const resumed = await listen('', { 'last-event-id': start?.id ?? '' });
  const seen = (await resumed(450)).map((event) => event.message);
  expect(new Set(seen).size).toBe(450);
  await log('end');
  expect((await resumed(451)).at(-1)?.message).toBe('end');
});

test('filters let only what was asked through', async () => {
  const receive = await listen('?severity=critical,warning&service=pay');
  await log('f1', { service: 'pay', severity: 'error' });
  await log('f2', { service: 'mail', severity: 'critical' });
  await log('f3', { service: 'pay', severity: 'warning' });
  await log('f4', { service: 'pay', severity: 'critical' });
  expect((await receive(2)).map((event) => event.message)).toEqual(['f3', 'f4']);
});

test('a stream with nothing to tell says how far it has looked, so that resuming skips what it left out', async () => {
  const { id, received_at } = await log('not for you', { severity: 'info' });
  const response = await fetch(
    `${base}/api/stream?severity=critical&last_event_id=${Date.parse(received_at) - 1}.${id}`,
    {
      headers: { authorization: 'Bearer seven' },
    },
  );
  t.clock.aheadMs += 15_000;
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.includes('nothing new')) break;
  }
  expect(text).toBe(`retry: 1000\n: connected\n\nid: ${Date.parse(received_at)}.${id}\n: nothing new\n\n`);
});

test('errors of another company are never told, whatever company is asked for', async () => {
  const receive = await listen('?company_id=8');
  await log('theirs', {}, 'eight');
  await log('ours');
  expect((await receive(1)).map((event) => event.message)).toEqual(['ours']);
});

test.each([
  ['?last_event_id=garbage', 'last_event_id'],
  ['?severity=fatal', 'severity'],
  ['?colour=red', 'colour'],
])('%s is refused before anything is streamed', async (query, field) => {
  const answer = await fetch(`${base}/api/stream${query}`, { headers: { authorization: 'Bearer seven' } });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ field });
});

test('a token has eight streams at most, and a closed one makes room', async () => {
  const eight = { authorization: 'Bearer eight' };
  for (let index = 0; index < 8; index += 1) await listen('', eight);
  const ninth = await fetch(`${base}/api/stream`, { headers: eight });
  expect(ninth.status).toBe(429);
  expect(await ninth.json()).toMatchObject({ code: 'RATE_LIMITED' });
  await listen('', { authorization: 'Bearer seven' });
  open.splice(0).forEach((controller) => controller.abort());
  await expect
    .poll(async () => {
      const controller = new AbortController();
      const { status } = await fetch(`${base}/api/stream`, { headers: eight, signal: controller.signal });
      controller.abort();
      return status;
    })
    .toBe(200);
});
