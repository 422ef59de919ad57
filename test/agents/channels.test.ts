import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Channel, ChannelDeps } from '../../src/agents/channel.ts';
import { SendFailed } from '../../src/agents/channel.ts';
import { createEmail } from '../../src/agents/channels/email.ts';
import { toBounded } from '../../src/agents/channels/notice-text.ts';
import { createPagerDuty } from '../../src/agents/channels/pagerduty.ts';
import { createSlack } from '../../src/agents/channels/slack.ts';
import { createWebhook } from '../../src/agents/channels/webhook.ts';
import type { Notification } from '../../src/agents/notice.ts';
import { selfSigned } from '../healing/servers.ts';
import { AT_MS, notificationOf } from './channels-notices.ts';
import { startReceiver } from './channels-receiver.ts';
import type { Received, Receiver } from './channels-receiver.ts';

const run = promisify(execFile);

let receiver: Receiver;
let secrets: Record<string, string>;
let deps: ChannelDeps;
const open: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  receiver = await startReceiver();
  open.push(() => receiver.close());
  secrets = { 'env:KEY': 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz', 'env:SLACK': `${receiver.url}/services/T1/B1/hush` };
  deps = {
    secret: (reference) => secrets[reference] ?? '',
    now: () => AT_MS + 60_000,
    publicUrl: 'https://errata.example',
  };
});

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

function firstReceived(): Received {
  const [first] = receiver.received;
  if (first === undefined) throw new Error('nothing was received');
  return first;
}

const soon = () => AbortSignal.timeout(10_000);

async function failureOf(channel: Channel, notification: Notification = notificationOf(), signal = soon()) {
  const failure = await channel.send(notification, signal).catch((cause: unknown) => cause);
  expect(failure).toBeInstanceOf(SendFailed);
  return failure as SendFailed;
}

describe('webhook', () => {
  const webhook = (url = receiver.url) => createWebhook({ name: 'people', url, secret: 'env:KEY' }, deps);

  test('signs as Standard Webhooks has it, with the key behind whsec_', async () => {
    expect(await webhook().send(notificationOf(), soon())).toBe('HTTP 200');
    const { headers, body } = firstReceived();
    expect(headers['webhook-id']).toBe('5c1f1c9e-2f3c-4a55-9d61-0a4d8f3f0b11');
    expect(headers['webhook-timestamp']).toBe('1795521660');
    const signed = `5c1f1c9e-2f3c-4a55-9d61-0a4d8f3f0b11.1795521660.${body}`;
    const signature = createHmac('sha256', '012345678901234567890123').update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  test('takes a secret that is a plain text as it is', async () => {
    secrets['env:KEY'] = 'right-horse';
    await webhook().send(notificationOf(), soon());
    const { headers, body } = firstReceived();
    const signed = `5c1f1c9e-2f3c-4a55-9d61-0a4d8f3f0b11.1795521660.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', 'right-horse').update(signed).digest('base64')}`,
    );
  });

  test('sends the documented body', async () => {
    await webhook().send(notificationOf({ kind: 'delegation_opened', agent: 'morgan' }), soon());
    expect(receiver.received[0]?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toEqual({
      type: 'errata.delegation_opened',
      timestamp: '2026-11-24T12:00:00.000Z',
      data: {
        id: '5c1f1c9e-2f3c-4a55-9d61-0a4d8f3f0b11',
        company_id: 1,
        agent: 'morgan',
        key: 'fix_failed/f1/POOL_EXHAUSTED',
        severity: 'error',
        title: 'A fix did not help',
        service: 'checkout',
        message: 'connect ECONNREFUSED 10.0.0.1:6379',
        fields: [
          { name: 'fix_id', value: 'a1' },
          { name: 'question', value: 'Who holds the connections?' },
          { name: 'question', value: 'Since when?' },
        ],
        url: 'https://errata.example/admin#error=e1',
      },
    });
  });

  test.each([
    [500, false],
    [503, false],
    [429, false],
    [408, false],
    [400, true],
    [401, true],
    [404, true],
    [410, true],
  ])('HTTP %i is final: %s', async (status, isFinal) => {
    receiver.answer({ status, body: 'no' });
    expect(await failureOf(webhook())).toMatchObject({ isFinal, message: `HTTP ${status} no` });
  });

  test('a redirect is not followed, and final', async () => {
    const other = await startReceiver();
    open.push(() => other.close());
    receiver.answer({ status: 307, headers: { location: other.url } });
    expect(await failureOf(webhook())).toMatchObject({ isFinal: true, message: 'HTTP 307' });
    expect(other.received).toEqual([]);
  });

  test('Retry-After is told, as seconds and as a date', async () => {
    receiver.answer(
      { status: 429, headers: { 'retry-after': '120' } },
      { status: 503, headers: { 'retry-after': 'Tue, 24 Nov 2026 12:02:00 GMT' } },
      { status: 503, headers: { 'retry-after': 'soon' } },
    );
    expect((await failureOf(webhook())).retryAfterMs).toBe(120_000);
    expect((await failureOf(webhook())).retryAfterMs).toBe(60_000);
    expect((await failureOf(webhook())).retryAfterMs).toBeUndefined();
  });

  test('a broken connection and a refused one are tried again', async () => {
    receiver.answer('reset');
    expect(await failureOf(webhook())).toMatchObject({ isFinal: false, message: 'no connection: ECONNRESET' });
    const gone = await startReceiver();
    await gone.close();
    expect(await failureOf(webhook(gone.url))).toMatchObject({
      isFinal: false,
      message: 'no connection: ECONNREFUSED',
    });
  });

  test('nobody waits for a receiver longer than told', async () => {
    receiver.answer('hang');
    const failure = await failureOf(webhook(), notificationOf(), AbortSignal.timeout(50));
    expect(failure).toMatchObject({ isFinal: false, message: 'no answer in time' });
  });

  test('of a long answer little is read, and none of its control characters', async () => {
    receiver.answer({ status: 500, body: `\u001b[31m\u202e${'x'.repeat(1_000_000)}` });
    const { message } = await failureOf(webhook());
    expect(message).toHaveLength(200);
    expect(message).toMatch(/^HTTP 500 \ufffdx+…\[cut\]$/);
  });

  test.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'http://user:right-horse@127.0.0.1/', 'nowhere'])(
    'no request goes to %s',
    async (url) => {
      const failure = await failureOf(webhook(url));
      expect(failure).toMatchObject({ isFinal: true });
      expect(failure.message).not.toContain('right-horse');
    },
  );

  test.each(['//evil.example/x', '.evil.example/', '@evil.example/', ''])(
    'no link leads elsewhere: %j',
    async (path) => {
      await webhook().send(notificationOf({ path }), soon());
      const { data } = JSON.parse(receiver.received[0]?.body ?? '') as { data: { url?: string } };
      expect(new URL(data.url ?? 'https://errata.example').origin).toBe('https://errata.example');
    },
  );
});

describe('slack', () => {
  const slack = () => createSlack({ name: 'people', url: 'env:SLACK' }, deps);

  test('says what happened in words of ours, and shows the rest as code', async () => {
    await slack().send(notificationOf(), soon());
    const code = [
      '```',
      'A fix did not help',
      'Service: checkout',
      'fix_id: a1',
      'question: Who holds the connections?',
      'question: Since when?',
      '',
      'connect ECONNREFUSED 10.0.0.1:6379',
      '```',
    ].join('\n');
    const texts = ['Fix failed (error, company 1)', code, '<https://errata.example/admin#error=e1|Open in Errata>'];
    expect(receiver.received[0]?.path).toBe('/services/T1/B1/hush');
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toEqual({
      text: texts.join('\n'),
      blocks: texts.map((text) => ({ type: 'section', text: { type: 'mrkdwn', text, verbatim: true } })),
      unfurl_links: false,
      unfurl_media: false,
    });
  });

  test('nothing of an error mentions, links, or leaves the code', async () => {
    const hostile = '``` <!channel> <@U1> <https://evil.example|click> @here & `';
    await slack().send(notificationOf({ message: hostile, title: hostile, service: hostile, fields: [] }), soon());
    const { text } = JSON.parse(receiver.received[0]?.body ?? '') as { text: string };
    const shown = "''' &lt;!channel&gt; &lt;@U1&gt; &lt;https://evil.example|click&gt; @here &amp; '";
    expect(text.split('\n')).toEqual([
      'Fix failed (error, company 1)',
      '```',
      shown,
      `Service: ${shown}`,
      '',
      shown,
      '```',
      '<https://errata.example/admin#error=e1|Open in Errata>',
    ]);
  });

  test('a block stays below 3,000 characters, and no entity is cut', async () => {
    await slack().send(notificationOf({ message: '&'.repeat(5_000) }), soon());
    const { blocks } = JSON.parse(receiver.received[0]?.body ?? '') as { blocks: { text: { text: string } }[] };
    const lengths = blocks.map(({ text }) => text.text.length);
    expect(Math.max(...lengths)).toBeLessThan(3_000);
    expect(Math.max(...lengths)).toBeGreaterThan(2_800);
    expect(blocks[1]?.text.text).toMatch(/(?:&amp;)+…\n```$/);
  });

  test('an error page that repeats the address gives no secret away', async () => {
    receiver.answer({ status: 404, body: 'Cannot POST /services/T1/B1/hush' });
    expect(await failureOf(slack())).toMatchObject({ isFinal: true, message: 'HTTP 404 Cannot POST [secret]' });
  });
});

describe('pagerduty', () => {
  const pager = () => createPagerDuty({ name: 'people', routingKey: 'env:ROUTING', url: receiver.url }, deps);

  beforeEach(() => {
    secrets['env:ROUTING'] = 'R0UT1NGKEY';
    receiver.always({ status: 202, body: '{"status":"success"}' });
  });

  test('triggers an alert that equal keys join', async () => {
    expect(await pager().send(notificationOf(), soon())).toBe('HTTP 202');
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toEqual({
      routing_key: 'R0UT1NGKEY',
      event_action: 'trigger',
      dedup_key: 'errata/1/fix_failed/f1/POOL_EXHAUSTED',
      client: 'Errata',
      client_url: 'https://errata.example/admin#error=e1',
      links: [{ href: 'https://errata.example/admin#error=e1', text: 'Open in Errata' }],
      payload: {
        summary: 'Fix failed: A fix did not help',
        source: 'checkout',
        severity: 'error',
        timestamp: '2026-11-24T12:00:00.000Z',
        class: 'fix_failed',
        custom_details: {
          fix_id: 'a1',
          question: 'Who holds the connections?\nSince when?',
          message: 'connect ECONNREFUSED 10.0.0.1:6379',
          company_id: 1,
        },
      },
    });
  });

  test('stays within the limits of the API', async () => {
    await pager().send(notificationOf({ key: 'k'.repeat(5_000), title: 't'.repeat(5_000), service: '' }), soon());
    const { dedup_key: key, payload } = JSON.parse(receiver.received[0]?.body ?? '') as {
      dedup_key: string;
      payload: { summary: string; source: string };
    };
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(payload.summary).toHaveLength(1_024);
    expect(payload.source).toBe('errata');
  });

  test.each([
    [400, true],
    [403, true],
    [429, false],
    [500, false],
    [200, false],
  ])('HTTP %i is final: %s', async (status, isFinal) => {
    receiver.answer({ status, body: 'bad R0UT1NGKEY' });
    expect(await failureOf(pager())).toMatchObject({ isFinal, message: `HTTP ${status} bad [secret]` });
  });
});

describe('email', () => {
  interface Mail {
    readonly text: string;
    readonly isSecure: boolean;
    readonly user: string | undefined;
    readonly to: readonly string[];
  }
  let mails: Mail[];
  let port: number;
  let key: string;
  let cert: string;

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'errata-smtp-'));
    await run('openssl', selfSigned(join(directory, 'key'), join(directory, 'cert')));
    key = readFileSync(join(directory, 'key'), 'utf8');
    cert = readFileSync(join(directory, 'cert'), 'utf8');
    rmSync(directory, { recursive: true });
  });

  async function listen(options: SMTPServerOptions = {}): Promise<void> {
    const server = new SMTPServer({
      key,
      cert,
      authOptional: true,
      onAuth: ({ username, password }, _session, done) =>
        username === 'errata' && password === 'right-horse'
          ? done(null, { user: username })
          : done(Object.assign(new Error('wrong password'), { responseCode: 535 })),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          mails.push({
            text: Buffer.concat(chunks).toString(),
            isSecure: session.secure,
            user: session.user as string | undefined,
            to: session.envelope.rcptTo.map(({ address }) => address),
          });
          done(null, 'kept');
        });
      },
      ...options,
    });
    server.on('error', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.server.address() as AddressInfo).port;
    open.push(() => new Promise<void>((resolve) => server.close(resolve)));
  }

  beforeEach(() => {
    mails = [];
    secrets['env:SMTP'] = 'right-horse';
  });

  const email = (change: { tls?: boolean; user?: string } = {}) => {
    const { tls = false, user = 'errata' } = change;
    return createEmail(
      {
        type: 'email',
        name: 'people',
        kinds: [],
        host: 'localhost',
        port,
        tls,
        user,
        password: 'env:SMTP',
        from: 'errata@company.example',
        to: ['ops@company.example', 'night@company.example'],
      },
      { ...deps, ca: cert },
    );
  };
  const headersOf = (text: string) => text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n');
  const bodyOf = (text: string) => text.slice(text.indexOf('\r\n\r\n') + 4);

  test('logs in behind STARTTLS and sends plain text', async () => {
    await listen();
    expect(await email().send(notificationOf(), soon())).toBe('250 kept');
    expect(mails).toHaveLength(1);
    const { text, ...mail } = mails[0] ?? { text: '' };
    expect(mail).toEqual({ isSecure: true, user: 'errata', to: ['ops@company.example', 'night@company.example'] });
    expect(headersOf(text)).toEqual(
      expect.arrayContaining([
        'From: errata@company.example',
        'To: ops@company.example, night@company.example',
        'Subject: [Errata] Fix failed: A fix did not help',
        'Message-ID: <5c1f1c9e-2f3c-4a55-9d61-0a4d8f3f0b11@company.example>',
        'Date: Tue, 24 Nov 2026 12:00:00 +0000',
        'Auto-Submitted: auto-generated',
        'Content-Type: text/plain; charset=utf-8',
      ]),
    );
    expect(bodyOf(text).split('\r\n')).toEqual([
      'A fix did not help',
      'Service: checkout',
      'fix_id: a1',
      'question: Who holds the connections?',
      'question: Since when?',
      '',
      'connect ECONNREFUSED 10.0.0.1:6379',
      '',
      'https://errata.example/admin#error=e1',
      '',
      '-- ',
      'Sent by Errata. Messages come from services; nobody checked what they say.',
      '',
    ]);
  });

  test('speaks TLS from the first byte where it is told to', async () => {
    await listen({ secure: true });
    expect(await email({ tls: true }).send(notificationOf(), soon())).toBe('250 kept');
    expect(mails[0]?.isSecure).toBe(true);
  });

  test('a server without STARTTLS gets mails, but no password', async () => {
    await listen({ disabledCommands: ['STARTTLS'] });
    expect(await failureOf(email())).toMatchObject({ isFinal: true });
    expect(mails).toEqual([]);
    expect(await email({ user: '' }).send(notificationOf(), soon())).toBe('250 kept');
    expect(mails[0]).toMatchObject({ isSecure: false });
  });

  test('a certificate that nobody vouches for is refused', async () => {
    await listen();
    const stranger = createEmail(
      {
        type: 'email',
        name: 'p',
        kinds: [],
        host: 'localhost',
        port,
        tls: false,
        user: '',
        from: 'a@b.example',
        to: ['c@d.example'],
      },
      deps,
    );
    expect(await failureOf(stranger)).toMatchObject({ isFinal: false });
    expect(mails).toEqual([]);
  });

  test('a wrong password is final, and not told', async () => {
    await listen();
    secrets['env:SMTP'] = 'wrong-horse';
    const failure = await failureOf(email());
    expect(failure.isFinal).toBe(true);
    expect(failure.message).toMatch(/^SMTP: 535/);
    expect(failure.message).not.toContain('wrong-horse');
  });

  test.each([
    [451, false],
    [550, true],
  ])('a %i of the server is final: %s', async (responseCode, isFinal) => {
    const refused = Object.assign(new Error('no'), { responseCode });
    await listen({ onMailFrom: (_address, _session, done) => done(refused) });
    expect(await failureOf(email())).toMatchObject({ isFinal, message: `SMTP: ${responseCode} no` });
  });

  test('an address that is refused does not keep it from the others', async () => {
    const refused = Object.assign(new Error('no such user'), { responseCode: 550 });
    await listen({ onRcptTo: ({ address }, _session, done) => done(address.startsWith('night') ? refused : null) });
    expect(await email().send(notificationOf(), soon())).toBe('250 kept (1 of 2 addresses were refused)');
    expect(mails[0]?.to).toEqual(['ops@company.example']);
  });

  test('nobody waits for a server longer than told', async () => {
    await listen({ onConnect: () => undefined });
    const failure = await failureOf(email(), notificationOf(), AbortSignal.timeout(100));
    expect(failure).toMatchObject({ isFinal: false, message: 'no answer in time' });
  });

  test('no text of an error becomes a header, a part or an address', async () => {
    await listen();
    const hostile =
      'x\r\nBcc: all@evil.example\r\nContent-Type: text/html\r\n\r\n<b>hi</b>\r\n.\r\nMAIL FROM:<e@evil.example>';
    const change = { title: hostile, service: hostile, message: hostile, fields: [[hostile, hostile]] } as const;
    await email().send(notificationOf(change), soon());
    await email().send({ ...notificationOf(), notice: toBounded(notificationOf(change).notice) }, soon());
    expect(mails).toHaveLength(2);
    for (const { text, to } of mails) {
      expect(to).toEqual(['ops@company.example', 'night@company.example']);
      expect(headersOf(text).filter((line) => /^(?:bcc|mail from)/i.test(line))).toEqual([]);
      expect(headersOf(text).filter((line) => /^content-type/i.test(line))).toEqual([
        'Content-Type: text/plain; charset=utf-8',
      ]);
      expect(text).toMatch(/^Subject: \[Errata\] Fix failed: x Bcc: all@evil\.example/m);
    }
  });
});

test('what a notice is made of has bounds, and nothing in it is hidden', () => {
  const long = 'x'.repeat(100_000);
  const bounded = toBounded(
    notificationOf({
      key: long,
      title: `a\u202eb\u200bc\nd\u0000${long}`,
      service: long,
      message: `\u001b[31mred\n${long}`,
      fields: Array.from({ length: 100 }, () => [long, long] as const),
      path: `/${long}`,
    }).notice,
  );
  expect(bounded.key).toMatch(/^[0-9a-f]{64}$/);
  expect(bounded.title).toHaveLength(200);
  expect(bounded.title).toMatch(/^a\ufffdb\ufffdc d\ufffdx+…\[cut\]$/);
  expect(bounded.service).toHaveLength(200);
  expect(bounded.message).toHaveLength(2_000);
  expect(bounded.message).toMatch(/^red\nx/);
  expect(bounded.fields).toHaveLength(30);
  expect(bounded.fields[0]?.map(({ length }) => length)).toEqual([60, 500]);
  expect(bounded.path).toBe('');
});
