// Must show 5 with the real processor: two calls at once are one attempt; where a person must agree, no agent gets further,
// and what stands for a person's yes is good once, and for nothing else.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openAgentStage } from './agents-stage.ts';
import type { AgentStage } from './agents-stage.ts';

/** A check in the wrong protocol, of a service that needs no container: here the check asks PostgreSQL of what speaks HTTP. */
const RULE = `
apiVersion: errata/v1
rules:
  - id: check-in-the-wrong-protocol
    title: A health check asks in the wrong protocol
    mode: auto
    when:
      match: { all: [{ field: error_type, eq: health_check_failed }] }
      count: 1000
    target: subject
    diagnose: [{ id: check, probe: check.expected }, { id: wire, probe: protocol.sniff }]
    plan:
      - branch: wrong
        if: { all: [{ fact: wire.protocol, eq: http }] }
        finding: CHECK_PROTOCOL_MISMATCH
        steps: [{ id: correct, action: check.correct, with: { protocol: '\${facts.wire.protocol}' } }]
        then: verify
    verify: { settle: 100ms, soak: 1s, no_traffic: pass }
    limits: { cooldown: 0ms }
`;

/** `swift` is fixed without a question; each other one is for one test. */
const services = ['swift', 'linked', 'asked', 'forged', 'restarted', 'declined', 'waiting'];

let http: Server;
let stage: AgentStage;

beforeAll(async () => {
  http = createServer((_request, response) => response.end('fine'));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const address = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  stage = await openAgentStage({
    rules: [],
    ownRules: { 'check.yaml': RULE },
    config: {
      healing: { mode: 'auto', deploy_grace: '0ms' },
      services: services.map((name) => ({
        name,
        address,
        health_check: { protocol: 'postgresql' },
        mode: name === 'swift' ? 'auto' : 'approve',
      })),
    },
    tokens: {
      shop: 'ingest,write',
      morgan: 'read,write,fix',
      claude: 'read,fix',
      person: 'read,fix,approve',
      colleague: 'read,fix,approve',
    },
  });
});
afterAll(async () => {
  await stage?.stop();
  http?.close();
});

interface Fix {
  readonly fix_id: string;
  readonly status: string;
  readonly approval_url: string | null;
  readonly finding: string | null;
}

let errorId: string;
async function failing(service: string): Promise<void> {
  const error = { service, severity: 'error', error_type: 'health_check_failed', message: 'health check failed' };
  const { body } = await stage.post('shop', '/api/errors/log', error);
  errorId = (body as { id: string }).id;
}

async function fix(who: string, options: Parameters<AgentStage['connect']>[1] = {}): Promise<Fix> {
  const client = await stage.connect(who, options);
  const { structuredContent } = await client.callTool({
    name: 'devops.errors.fix',
    arguments: { error_id: errorId },
  });
  return structuredContent as Fix;
}

interface Attempt {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
}

const attempt = (id: string) => stage.get<Attempt>('morgan', `/api/fixes/${id}`);

async function attemptsOf(service: string): Promise<readonly Attempt[]> {
  type Listed = Attempt & { readonly target: string };
  const { fixes } = await stage.get<{ fixes: readonly Listed[] }>('morgan', '/api/fixes?limit=200');
  return fixes.filter(({ target }) => target === service);
}

function ended(id: string): Promise<Attempt> {
  return vi.waitFor(
    async () => {
      const found = await attempt(id);
      expect(found.state).toBe('ended');
      return found;
    },
    { timeout: 30_000, interval: 100 },
  );
}

test('two clients that ask for a fix at once get one attempt, and so does whoever asks meanwhile', async () => {
  await failing('swift');
  const both = await Promise.all([fix('morgan'), fix('claude')]);
  const id = both[0].fix_id;
  expect(both).toMatchObject([
    { fix_id: id, status: 'running', finding: 'CHECK_PROTOCOL_MISMATCH' },
    { fix_id: id, status: 'running', finding: 'CHECK_PROTOCOL_MISMATCH' },
  ]);
  expect((await fix('morgan')).fix_id).toBe(id);
  expect(await ended(id)).toMatchObject({ outcome: 'succeeded' });
  expect(await attemptsOf('swift')).toHaveLength(1);
});

test('where a person must agree, an agent gets a link and no further, and a person agrees over REST', async () => {
  await failing('linked');
  const asked = await fix('morgan');
  expect(asked).toMatchObject({
    status: 'approval_required',
    approval_url: expect.stringMatching(new RegExp(`/admin#/fixes/${asked.fix_id}$`)),
  });
  // A client that would say yes is not asked: this token may not approve.
  expect(await fix('morgan', { approve: true })).toMatchObject({ fix_id: asked.fix_id, status: 'approval_required' });
  expect(await fix('claude')).toMatchObject({ fix_id: asked.fix_id, status: 'approval_required' });
  const path = `/api/fixes/${asked.fix_id}/approve`;
  expect(await stage.post('morgan', path)).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  expect((await attempt(asked.fix_id)).state).toBe('awaiting_approval');
  expect((await stage.post('person', path)).status).toBe(200);
  expect(await ended(asked.fix_id)).toMatchObject({ outcome: 'succeeded' });
  expect(await attemptsOf('linked')).toHaveLength(1);
});

test('a person who is asked by their own client and agrees carries it on', async () => {
  await failing('asked');
  const agreed = await fix('person', { approve: true });
  expect(agreed).toMatchObject({ status: 'running', approval_url: null });
  expect(await ended(agreed.fix_id)).toMatchObject({ outcome: 'succeeded' });
});

test('a person who says no has said nothing for others: it still waits', async () => {
  await failing('declined');
  const declined = await fix('person', { approve: false });
  expect(declined.status).toBe('declined');
  expect((await attempt(declined.fix_id)).state).toBe('awaiting_approval');
});

test('what waits for approval is known to the first call after a kill', async () => {
  await failing('waiting');
  const { fix_id: id } = await fix('morgan');
  await stage.kill();
  await stage.start();
  expect(await fix('morgan')).toMatchObject({ fix_id: id, status: 'approval_required' });
  await stage.kill();
  await stage.start();
  expect((await stage.post('person', `/api/fixes/${id}/reject`, { reason: 'not now' })).status).toBe(200);
  expect(await attemptsOf('waiting')).toMatchObject([{ id, outcome: 'rejected' }]);
});

describe('an answer that a client hands in by itself', () => {
  const yes = { approval: { action: 'accept', content: { approve: true } } };
  const refused = { error: { code: -32_602, message: 'Invalid or expired requestState' } };

  interface Called {
    readonly result?: {
      readonly resultType?: string;
      readonly requestState?: string;
      readonly structuredContent?: Fix;
    };
    readonly error?: { readonly code: number; readonly message: string };
  }

  /** As a 2026-07-28 client that can ask its user, by hand. */
  async function call(who: string, params: object = {}): Promise<Called> {
    const name = 'devops.errors.fix';
    const response = await fetch(`${stage.url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${stage.tokenOf(who)}`,
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': name,
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: {
          name,
          arguments: { error_id: errorId },
          _meta: {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': { name: 'by hand', version: '1' },
            'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } },
          },
          ...params,
        },
      }),
    });
    return (await response.json()) as Called;
  }

  async function ticket(): Promise<string> {
    const { result } = await call('person');
    expect(result?.resultType).toBe('input_required');
    return result?.requestState ?? '';
  }

  test('is nothing without a ticket, with a forged one, with that of somebody else, and with one that was used', async () => {
    await failing('forged');
    const requestState = await ticket();
    const [waiting] = await attemptsOf('forged');
    const id = waiting?.id ?? '';
    expect((await call('person', { inputResponses: yes })).result?.resultType).toBe('input_required');
    const [version, body, mac] = requestState.split('.');
    const forged = [`${version}.${body}.AAAA`, `${version}.${body?.slice(1)}.${mac}`, 'yes', ''];
    for (const state of forged) {
      expect(await call('person', { inputResponses: yes, requestState: state })).toMatchObject(refused);
    }
    expect(await call('colleague', { inputResponses: yes, requestState })).toMatchObject(refused);
    // Whether it is told of the ticket or of the scope: it waits on.
    await call('morgan', { inputResponses: yes, requestState });
    expect((await attempt(id)).state).toBe('awaiting_approval');

    const agreed = await call('person', { inputResponses: yes, requestState });
    expect(agreed.result?.structuredContent).toMatchObject({ fix_id: id, status: 'running' });
    expect(await call('person', { inputResponses: yes, requestState })).toMatchObject(refused);
    expect(await ended(id)).toMatchObject({ outcome: 'succeeded' });
    expect(await attemptsOf('forged')).toHaveLength(1);
  });

  test('is nothing after a restart, although the fix still waits; then it is asked anew', async () => {
    await failing('restarted');
    const requestState = await ticket();
    await stage.kill();
    await stage.start();
    expect(await call('person', { inputResponses: yes, requestState })).toMatchObject(refused);
    const again = await ticket();
    const agreed = await call('person', { inputResponses: yes, requestState: again });
    expect(agreed.result?.structuredContent?.status).toBe('running');
    expect(await attemptsOf('restarted')).toHaveLength(1);
  });
});
