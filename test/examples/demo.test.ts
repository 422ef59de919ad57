// The demo as a process, against a processor that runs already: a health answer and a receiver.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BuiltCapture } from '../capture/build-capture.ts';
import { buildCapture, repository } from '../capture/build-capture.ts';
import type { Misbehave, Sink } from '../capture/otlp-sink.ts';
import { startSink } from '../capture/otlp-sink.ts';

let built: BuiltCapture;
beforeAll(() => {
  built = buildCapture();
});
afterAll(() => built.remove());

interface Demo {
  readonly code: number | null;
  readonly output: string;
  readonly sink: Sink;
}

async function runDemo(
  argv: readonly string[],
  onLine: (line: string, stop: () => void) => void = () => undefined,
  misbehave?: Misbehave,
): Promise<Demo> {
  const sink = await startSink(misbehave);
  const health = createServer((_request, response) => response.end('{"status":"ok"}'));
  await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
  const demo = spawn(process.execPath, [...built.flags, join(repository, 'examples', 'demo', 'demo.js'), ...argv], {
    env: {
      ...process.env,
      ERRATA_API_PORT: `${(health.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
    },
  });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      onLine(chunk.toString(), () => demo.kill('SIGINT'));
    });
  }
  const [code] = (await once(demo, 'close')) as [number | null];
  health.close();
  await sink.close();
  return { code, output, sink };
}

test('every failure of SEED.md is sent by its service, one line and one record each, within the time given', async () => {
  const { code, output, sink } = await runDemo(['--seconds', '3', '--rate', '20']);
  expect(output).toContain('using the processor at http://127.0.0.1:');
  expect(code).toBe(0);
  const lines = output.split('\n').filter((line) => /^\d\d:\d\d:\d\d {2}/.test(line));
  expect(sink.logs).toHaveLength(lines.length);
  expect(output).toContain(`${lines.length} errors captured, ${lines.length} sent, 0 dropped`);
  const seen = new Set(
    sink.logs.map((log) =>
      [
        log.resource['service.name'],
        log.attributes['errata.severity'],
        String(log.body).replaceAll(/[0-9a-f-]{36}|\d{2,}/g, '#'),
      ].join(' | '),
    ),
  );
  expect([...seen].sort()).toEqual([
    'auth | warning | identity provider answered #, retry after # s',
    expect.stringMatching(/^auth \| warning \| invalid signature of token for user /),
    'billing | critical | JavaScript heap out of memory while building invoices',
    'mcp-server | error | PostgreSQL health check failed',
    'mcp-server | warning | tool call # timed out after # ms',
    expect.stringMatching(/^notifications \| error \| getaddrinfo \w+ smtp\.notifications\.invalid$/),
    'notifications | info | webhook delivered at the second try',
    expect.stringMatching(/^orders-db-worker \| error \| Cannot read properties of undefined/),
    'orders-db-worker | error | connect ECONNREFUSED #.0.0.1:#',
    'payments-api | critical | payment processing failed: gateway answered #',
    'session-store | error | Redis connection pool exhausted: 4 of 4 in use',
  ]);
  expect(sink.logs.filter((log) => log.traceId !== '').length).toBeGreaterThan(10);
});

test('Ctrl-C stops it cleanly, with everything sent', async () => {
  const { code, output } = await runDemo(['--rate', '20'], (line, stop) => {
    if (/^\d\d:\d\d:\d\d {2}/m.test(line)) stop();
  });
  expect(code).toBe(0);
  expect(output).toMatch(/(\d+) errors captured, \1 sent, 0 dropped/);
});

test('when the processor begins to ask for a token, that is said once and at once, with what to do', async () => {
  const { code, output } = await runDemo(
    ['--rate', '20'],
    (line, stop) => {
      if (line.includes('ERRATA_TOKEN=')) stop();
    },
    // The first token was made after the second request.
    (response, number) => {
      if (number > 2) response.writeHead(401).end();
      return number > 2;
    },
  );
  expect(code).toBe(1);
  expect(output.match(/^.*ERRATA_TOKEN=.*$/gm)).toEqual(['  ERRATA_TOKEN=errata_... npm run demo']);
  expect(output).toContain('the processor refuses what is sent (401): it wants a token that may send. Ctrl-C, then');
  expect(output).toContain('npx errata token create --name demo --company 1');
  expect(output).toMatch(/ dropped\n/);
});

test('nonsense on the command line is answered with the usage', async () => {
  const { code, output } = await runDemo(['--rate', 'fast']);
  expect(code).toBe(2);
  expect(output).toContain('usage: npm run demo');
});
