import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createErrorMaker } from '../../src/errors/error-maker.ts';
import { errorsFix } from '../../src/mcp/tools/errors-fix.ts';
import { tokenOf } from '../api/open-test-api.ts';
import { attemptOn } from '../operations/memory-healing.ts';
import { openTestMcp } from './open-test-mcp.ts';
import type { ConnectOptions, TestMcp } from './open-test-mcp.ts';
import { ATTEMPT, approvable } from './stub-tools.ts';

const ran: string[] = [];
let mcp: TestMcp;

beforeAll(async () => {
  mcp = await openTestMcp({
    tokens: [
      tokenOf(1, 'person', ['read', 'fix', 'approve']),
      tokenOf(1, 'colleague', ['read', 'fix', 'approve']),
      // Of the roster, with a scope that it should not have.
      tokenOf(1, 'morgan', ['read', 'fix', 'approve']),
      tokenOf(1, 'helper', ['read', 'fix']),
    ],
    surface: { tools: [approvable(ran), errorsFix] },
    settings: { legacySessions: true },
  });
});
afterEach(() => {
  ran.length = 0;
  vi.useRealTimers();
});
afterAll(() => mcp.close());

const args = { error_id: 'a' };
const call = { name: 'devops.test.approve', arguments: args };
const pin = { pin: '2026-07-28' };
const required = { status: 'approval_required', approval_url: `http://127.0.0.1:8080/admin#/fixes/${ATTEMPT}` };

async function outcomeOf(options: ConnectOptions): Promise<unknown> {
  const client = await mcp.connect(options);
  return (await client.callTool(call)).structuredContent;
}

test.each([[pin], ['legacy']] as const)('a person who is asked and agrees carries it on (%j)', async (mode) => {
  const questions: string[] = [];
  const elicit = (question: string) => {
    questions.push(question);
    return { action: 'accept', content: { approve: true } } as const;
  };
  expect(await outcomeOf({ token: 'person', mode, elicit })).toEqual({ status: 'running', approval_url: null });
  expect(questions).toEqual(['May Errata restart cart-1?']);
  expect(ran).toEqual(['undecided', `yes to ${ATTEMPT}`]);
});

test.each([[pin], ['legacy']] as const)('a no, a closed form and an unticked box are a no (%j)', async (mode) => {
  const answers = [
    { action: 'decline' },
    { action: 'cancel' },
    { action: 'accept', content: { approve: false } },
  ] as const;
  for (const answer of answers) {
    expect(await outcomeOf({ token: 'person', mode, elicit: () => answer })).toEqual({
      status: 'declined',
      approval_url: null,
    });
  }
  expect(ran).not.toContain(`yes to ${ATTEMPT}`);
});

test('who may not approve, or has nobody to ask, gets the link', async () => {
  const elicit = () => ({ action: 'accept', content: { approve: true } }) as const;
  for (const token of ['morgan', 'helper']) {
    expect(await outcomeOf({ token, mode: pin, elicit })).toEqual(required);
    expect(await outcomeOf({ token, mode: 'legacy', elicit })).toEqual(required);
  }
  expect(await outcomeOf({ token: 'person', mode: pin })).toEqual(required);
  expect(await outcomeOf({ token: 'person', mode: 'legacy' })).toEqual(required);
  expect(new Set(ran)).toEqual(new Set(['undecided']));
});

/** A call of a 2026-07-28 client that can ask, by hand. */
async function rawCall({ token = 'person', id = 'a', ...params }: Record<string, unknown> = {}): Promise<{
  result?: { resultType?: string; requestState: string; inputRequests?: unknown; structuredContent?: unknown };
  error?: { code: number; message: string };
}> {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
  };
  const { name } = call;
  const response = await mcp.post(
    {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: { error_id: id }, _meta: meta, ...params },
    },
    {
      authorization: `Bearer ${String(token)}`,
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': name,
    },
  );
  return (await response.json()) as Awaited<ReturnType<typeof rawCall>>;
}

const yes = { approval: { action: 'accept', content: { approve: true } } };
const refused = { error: { code: -32_602, message: 'Invalid or expired requestState' } };

async function ticket(): Promise<string> {
  const { result } = await rawCall();
  expect(result).toMatchObject({
    resultType: 'input_required',
    inputRequests: {
      approval: { method: 'elicitation/create', params: { message: 'May Errata restart cart-1?' } },
    },
  });
  return result?.requestState ?? '';
}

test('an answer that nobody asked for is none', async () => {
  expect((await rawCall({ inputResponses: yes })).result?.resultType).toBe('input_required');
  expect(ran).toEqual(['undecided']);
});

test('an approval is used once', async () => {
  const requestState = await ticket();
  expect((await rawCall({ inputResponses: yes, requestState })).result?.structuredContent).toEqual({
    status: 'running',
    approval_url: null,
  });
  expect(await rawCall({ inputResponses: yes, requestState })).toMatchObject(refused);
  expect(ran).toEqual(['undecided', `yes to ${ATTEMPT}`]);
});

test('of two answers at once one counts', async () => {
  const requestState = await ticket();
  const both = await Promise.all([1, 2].map(() => rawCall({ inputResponses: yes, requestState })));
  expect(both.filter(({ error }) => error?.code === -32_602)).toHaveLength(1);
  expect(ran.filter((word) => word.startsWith('yes'))).toHaveLength(1);
});

test('a forged approval is refused', async () => {
  const requestState = await ticket();
  const [version, body, mac] = requestState.split('.');
  const other = Buffer.from(
    Buffer.from(body ?? '', 'base64url')
      .toString()
      .replace(ATTEMPT, '00000000-0000-4000-8000-000000000000'),
  ).toString('base64url');
  for (const forged of [
    `${version}.${other}.${mac}`,
    `${version}.${body}.AAAA`,
    `${version}.${body}`,
    'approved',
    '',
  ]) {
    expect([forged, await rawCall({ inputResponses: yes, requestState: forged })]).toMatchObject([forged, refused]);
  }
  expect(ran).toEqual(['undecided']);
});

test('an approval is good for its token and its input only', async () => {
  const requestState = await ticket();
  expect(await rawCall({ inputResponses: yes, requestState, token: 'colleague' })).toMatchObject(refused);
  expect(await rawCall({ inputResponses: yes, requestState, id: 'b' })).toMatchObject(refused);
  expect(mcp.activities.slice(-2).map(({ actor, outcome }) => [actor, outcome])).toEqual([
    ['colleague', 'FORBIDDEN'],
    ['person', 'FORBIDDEN'],
  ]);
  expect(ran).toEqual(['undecided']);
});

test('an approval that comes after minutes is refused', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const requestState = await ticket();
  vi.setSystemTime(Date.now() + 302_000);
  expect(await rawCall({ inputResponses: yes, requestState })).toMatchObject(refused);
  expect(ran).toEqual(['undecided']);
});

test('a fix that waits is carried on by the person whose client asked, and by nobody’s agent', async () => {
  const { healing, operations, store } = mcp.api;
  const error = createErrorMaker().fromReport(
    { service: 'cart', severity: 'error', errorType: 'api_error', message: 'hangs', details: {} },
    { companyId: 1, nowMs: Date.now(), newId: randomUUID },
  );
  await store.insert([error]);
  const waiting = await healing.put(attemptOn({ ...error, receivedAtMs: Date.now() }));
  // The engine gives the live attempt back at each call.
  const again = () => healing.answerNext({ kind: 'attempt', attempt: waiting });
  const fix = async (token: string) => {
    again();
    const elicit = () => {
      again();
      return { action: 'accept', content: { approve: true } } as const;
    };
    const client = await mcp.connect({ token, mode: pin, elicit });
    return client.callTool({ name: 'devops.errors.fix', arguments: { error_id: error.id } });
  };
  expect((await fix('morgan')).structuredContent).toMatchObject({
    fix_id: waiting.id,
    status: 'approval_required',
    approval_url: `http://127.0.0.1:8080/admin#/fixes/${waiting.id}`,
  });
  expect((await fix('person')).structuredContent).toMatchObject({ fix_id: waiting.id, status: 'running' });
  expect(await operations.healing.getAttempt(1, waiting.id)).toMatchObject({
    state: 'acting',
    note: 'approved by person',
  });
  expect(mcp.activities.at(-1)).toMatchObject({ actor: 'person', errorId: error.id, attemptId: waiting.id });
});
