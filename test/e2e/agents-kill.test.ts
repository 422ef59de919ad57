// Must show 6: whatever moment the processor is killed at, cases go on to their end, each message is told at least once, and
// its repetitions carry one id.
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startMessageReceiver } from './agents-receiver.ts';
import type { Message, MessageReceiver } from './agents-receiver.ts';
import { openAgentStage } from './agents-stage.ts';
import type { AgentStage } from './agents-stage.ts';

const SECRET = randomUUID();
const agents = ['morgan', 'alex', 'devon'] as const;

let receiver: MessageReceiver;
let stage: AgentStage;

beforeAll(async () => {
  receiver = await startMessageReceiver(SECRET);
  const webhook = (to: string) => ({ url: `${receiver.url}/${to}`, secret: 'env:HOOK_SECRET' });
  stage = await openAgentStage({
    config: {
      agents: {
        roster: [
          ...agents.map((name) => ({ name, role: `What ${name} is for`, webhook: webhook(name) })),
          { name: 'ada', role: 'Orchestrator' },
        ],
      },
      channels: [{ name: 'people', type: 'webhook', ...webhook('people') }],
    },
    env: { HOOK_SECRET: SECRET },
    tokens: {
      shop: 'ingest,write',
      ada: 'read,write',
      ...Object.fromEntries(agents.map((name) => [name, 'read,write'])),
    },
  });
});
afterAll(async () => {
  await stage?.stop();
  await receiver?.shut();
  expect(receiver.forged).toEqual([]);
});

interface Delegation {
  readonly id: string;
  readonly agent: string;
  readonly state: string;
  readonly held_by: string | null;
  readonly case: {
    readonly state: string;
    readonly service: string;
    readonly error_id: string;
    readonly summary: string;
  };
}

async function killAndStart(): Promise<void> {
  await stage.kill();
  await stage.start();
}

async function log(service: string, severity: string, message: string): Promise<string> {
  const error = { service, severity, error_type: 'api_error', message };
  const { status, body } = await stage.post('shop', '/api/errors/log', error);
  expect(status).toBe(201);
  return (body as { id: string }).id;
}

async function delegationsOf(service: string): Promise<readonly Delegation[]> {
  const { delegations } = await stage.get<{ delegations: readonly Delegation[] }>('ada', '/api/delegations?limit=200');
  return delegations.filter((one) => one.case.service === service);
}

const until = <T>(look: () => Promise<T> | T) => vi.waitFor(look, { timeout: 30_000, interval: 100 });
const messagesOf = (service: string) => receiver.messages.filter((message) => message.service === service);

/** Each message once, however often it came; with a second id it is there twice. */
function toldOf(service: string): readonly string[] {
  const ids = new Map(messagesOf(service).map((message) => [message.id, message]));
  return [...ids.values()].map(({ to, type }) => `${to}: ${type}`).toSorted();
}

/** As an agent does that got no answer. Whatever it asks for may have been done already. */
async function untilAnswered(who: string, path: string, body: object): Promise<number> {
  return until(async () => (await stage.post(who, path, body)).status);
}

test('killed between failure, delegation, acknowledgement, each report and join: the case closes, each is told once', async () => {
  for (let count = 0; count < 3; count += 1) await log('payments-api', 'critical', 'payment processing failed');
  await killAndStart();
  const tasks = await until(async () => {
    const found = await delegationsOf('payments-api');
    expect(found.map(({ agent }) => agent).toSorted()).toEqual(['alex', 'devon', 'morgan']);
    return found;
  });
  await killAndStart();
  for (const { id, agent } of tasks) expect(await untilAnswered(agent, `/api/delegations/${id}/ack`, {})).toBe(200);
  await killAndStart();
  for (const { id, agent } of tasks) {
    expect(await stage.get(agent, `/api/delegations/${id}`)).toMatchObject({
      state: 'acknowledged',
      held_by: agent,
      case: { state: 'open' },
    });
    const report = { status: agent === 'devon' ? 'resolved' : 'no_fault', summary: `${agent} looked` };
    expect(await untilAnswered(agent, `/api/delegations/${id}/report`, report)).toBe(200);
    await killAndStart();
  }

  const [first] = await until(async () => {
    const found = await delegationsOf('payments-api');
    expect(found.map(({ state }) => state)).toEqual(['reported', 'reported', 'reported']);
    expect(found[0]?.case.state).toBe('resolved');
    return found;
  });
  const summary = [
    'alex (no_fault): alex looked',
    'devon (resolved): devon looked',
    'morgan (no_fault): morgan looked',
  ];
  expect(first?.case.summary.split('\n').toSorted()).toEqual(summary);
  await until(async () =>
    expect(await stage.get('ada', `/api/errors/${first?.case.error_id ?? ''}`)).toMatchObject({
      resolved: true,
      resolution_notes: first?.case.summary,
    }),
  );
  await until(() =>
    expect(toldOf('payments-api')).toEqual([
      'alex: errata.delegation_opened',
      'devon: errata.delegation_opened',
      'morgan: errata.delegation_opened',
      'people: errata.critical_error',
    ]),
  );
  tell('six kills between its steps', messagesOf('payments-api'));
}, 120_000);

/** From before it is read to after it is answered. */
const AFTER_MS = [0, 10, 30, 60, 120, 250];

test('killed while each request is under way: repeating it is enough, and nothing is doubled', async () => {
  let unanswered = 0;
  const killDuring = async (afterMs: number, who: string, path: string, body: object) => {
    const asked = stage.post(who, path, body).then(
      () => undefined,
      () => (unanswered += 1),
    );
    await wait(afterMs);
    await stage.kill();
    await asked;
    await stage.start();
    return untilAnswered(who, path, body);
  };
  for (const [index, afterMs] of AFTER_MS.entries()) {
    const service = `shop-${afterMs}`;
    const isMended = index % 2 === 0;
    const errorId = await log(service, 'error', 'out of stock');
    const asked = { error_id: errorId, agents: ['morgan', 'alex'], reason: 'it comes back' };
    expect([200, 201]).toContain(await killDuring(afterMs, 'ada', '/api/delegations', asked));
    const tasks = await delegationsOf(service);
    expect(tasks.map(({ agent }) => agent).toSorted()).toEqual(['alex', 'morgan']);
    for (const { id, agent } of tasks) {
      expect(await killDuring(afterMs, agent, `/api/delegations/${id}/ack`, {})).toBe(200);
      const report = { status: isMended ? 'resolved' : 'found', summary: `${agent} looked` };
      expect(await killDuring(afterMs, agent, `/api/delegations/${id}/report`, report)).toBe(200);
    }
    await until(async () => {
      expect(await delegationsOf(service)).toMatchObject([
        { state: 'reported', case: { state: isMended ? 'resolved' : 'escalated' } },
        { state: 'reported' },
      ]);
      expect(await stage.get('ada', `/api/errors/${errorId}`)).toMatchObject({ resolved: isMended });
      expect(toldOf(service)).toEqual([
        'alex: errata.delegation_opened',
        'morgan: errata.delegation_opened',
        ...(isMended ? [] : ['people: errata.case_escalated']),
      ]);
    });
    tell(`five kills, each ${afterMs} ms after a request`, messagesOf(service));
  }
  // Otherwise it did not try what it says.
  expect(unanswered).toBeGreaterThan(0);
  console.info(`${unanswered} of ${5 * AFTER_MS.length} requests had no answer`);
}, 240_000);

test('a receiver that is away for a while is told when it is back, over a kill, each message with its id', async () => {
  await receiver.shut();
  const errorId = await log('till', 'error', 'drawer is stuck');
  await stage.post('ada', '/api/delegations', {
    error_id: errorId,
    agents: ['morgan', 'devon'],
    reason: 'it is stuck',
  });
  const waiting = await untilTried();
  await killAndStart();
  expect((await pending()).map(({ id }) => id).toSorted()).toEqual(waiting);
  await receiver.open();
  await until(() =>
    expect(toldOf('till')).toEqual(['devon: errata.delegation_opened', 'morgan: errata.delegation_opened']),
  );
  expect(
    messagesOf('till')
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(waiting);
  await until(async () => expect(await pending()).toEqual([]));
});

test('what was taken and not answered when the processor was killed comes again with its id', async () => {
  receiver.answers = false;
  const errorId = await log('oven', 'error', 'too hot');
  await stage.post('ada', '/api/delegations', { error_id: errorId, agents: ['alex'], reason: 'it burns' });
  await until(() => expect(messagesOf('oven')).toHaveLength(1));
  await stage.kill();
  receiver.answers = true;
  await stage.start();
  await until(() => expect(messagesOf('oven')).toHaveLength(2));
  await until(async () => expect(await pending()).toEqual([]));
  const [first, second] = messagesOf('oven');
  expect(second).toEqual(first);
});

interface Notification {
  readonly id: string;
  readonly tries: number;
}

async function pending(): Promise<readonly Notification[]> {
  const path = '/api/notifications?state=pending';
  return (await stage.get<{ notifications: readonly Notification[] }>('ada', path)).notifications;
}

function untilTried(): Promise<readonly string[]> {
  return until(async () => {
    const all = await pending();
    expect(all.map(({ tries }) => tries > 0)).toEqual([true, true]);
    return all.map(({ id }) => id).toSorted();
  });
}

function tell(what: string, messages: readonly Message[]): void {
  const ids = new Set(messages.map(({ id }) => id));
  console.info(`${what}: ${messages.length} deliveries of ${ids.size} messages`);
}
