// The examples of README.md, run as they stand there: one shell, in their order, on the processor as `npm start` starts it.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { errorTypes } from '../../src/errors/error-event.ts';
import { startProcessor } from '../processor.ts';
import type { Processor } from '../processor.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** `<!-- example: name -->` right above a block of shell. */
const EXAMPLE = /<!-- example: (\w+) -->\n```sh\n([\s\S]*?)```/g;
const examples = [...readme.matchAll(EXAMPLE)].map(([, name = '', script = '']) => ({ name, script }));

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: unknown;
}

const folder = mkdtempSync(join(tmpdir(), 'errata-readme-'));
let processor: Processor | undefined;
const answers = new Map<string, Answer>();

beforeAll(async () => {
  processor = await startProcessor(folder);
  await runExamples(processor);
});

afterAll(async () => {
  await processor?.stop();
  rmSync(folder, { recursive: true });
});

test('the README shows each of these calls', () => {
  expect(examples.map((example) => example.name)).toEqual([
    'send',
    'log',
    'list',
    'get',
    'resolve',
    'fix',
    'fixes',
    'pause',
  ]);
});

test('no shell stands in the README that is not run', () => {
  expect(readme.match(/^```sh/gm)).toHaveLength(8);
});

test('send: a span with an exception is taken', () => {
  expect(answers.get('send')).toEqual({ status: 200, contentType: 'application/json', body: {} });
});

test('each answer ends its line, so that the prompt stands below it', () => {
  for (const { name } of examples) expect(readFileSync(`${folder}/${name}.body`, 'utf8')).toMatch(/\}\n$/);
});

test('the README names what POST /api/errors/log takes as error_type', () => {
  const named = /`error_type`, found out when not given, is one of ([^:]*):/.exec(readme)?.[1];
  expect(named?.match(/[a-z_]+/g)).toEqual([...errorTypes]);
});

test('log: the answer is the stored error', () => {
  expect(answers.get('log')).toMatchObject({
    status: 201,
    body: {
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      service: 'mcp-server',
      severity: 'critical',
      error_type: 'health_check_failed',
      message: 'PostgreSQL health check failed',
      details: {
        service_name: 'PostgreSQL',
        port: 5432,
        attempted_protocol: 'http',
        expected_protocol: 'postgresql',
      },
      company_id: 1,
      resolved: false,
      resolution_notes: null,
      auto_fix_attempted: false,
      auto_fix_successful: false,
    },
  });
});

test('list: the critical error that is open, and not the one sent as a span', () => {
  expect(answers.get('list')).toMatchObject({
    status: 200,
    body: { total: 1, errors: [{ service: 'mcp-server', severity: 'critical', resolved: false }], next_cursor: null },
  });
});

test('get: the error with its group and why it is in it', () => {
  expect(answers.get('get')).toMatchObject({
    status: 200,
    body: {
      service: 'mcp-server',
      message: 'PostgreSQL health check failed',
      group: { count: 1, resolved: false },
      why: { version: 'fp1' },
    },
  });
});

test('resolve: the error is resolved, with the notes', () => {
  expect(answers.get('resolve')).toMatchObject({
    status: 200,
    body: { resolved: true, resolution_notes: 'Fixed by restarting PostgreSQL container' },
  });
});

test('fix: without Docker the dry run says what was found, and who would be told', () => {
  expect(answers.get('fix')).toMatchObject({
    status: 202,
    body: {
      status: 'dry_run',
      plan: { rule_id: 'unmatched-critical', target: 'mcp-server', finding: 'UNMATCHED_CRITICAL', steps: [] },
    },
  });
});

test('fixes: a page, on which the critical error is handed over a moment later', async () => {
  expect(answers.get('fixes')).toMatchObject({ status: 200, body: { fixes: expect.any(Array), next_cursor: null } });
  await vi.waitFor(
    async () =>
      expect(await (await fetch(`${processor?.api}/api/fixes`)).json()).toMatchObject({
        fixes: [{ state: 'ended', outcome: 'escalated', rule_id: 'unmatched-critical', escalated_to: 'ada' }],
      }),
    { timeout: 10_000, interval: 100 },
  );
});

test('pause: the switch is on, with who and why', () => {
  expect(answers.get('pause')).toMatchObject({ status: 200, body: { paused: true, reason: 'we are deploying' } });
});

test('the span that was sent is an error as well', async () => {
  const answer = await fetch(`${processor?.api}/api/errors?service=checkout`);
  expect(await answer.json()).toMatchObject({
    total: 1,
    errors: [
      {
        exception_type: 'TimeoutError',
        error_type: 'timeout',
        message: 'payment service did not answer within 3000 ms',
        trace_id: '5b8efff798038103d269b633813fc60c',
      },
    ],
  });
});

test('the capture library has what the README imports', () => {
  const imported = /import \{ ([^}]*) \} from 'errata\/capture'/.exec(readme)?.[1]?.split(', ') ?? [];
  expect(imported).toEqual(['captureFastify', 'logError', 'startCapture']);
  const entry = readFileSync(new URL('../../src/capture/capture.ts', import.meta.url), 'utf8');
  for (const name of imported)
    expect(entry).toMatch(new RegExp(`^export (?:\\{.*\\b${name}\\b|function ${name}\\b)`, 'm'));
});

/** Runs all blocks in one bash, so that `$id` is there for the next; each answer's head goes to a file of its own. */
async function runExamples({ otlp, api }: Processor): Promise<void> {
  const script = [
    'set -euo pipefail',
    'curl() { command curl --max-time 20 --dump-header "$example.head" "$@"; }',
    ...examples.map(({ name, script: text }) => {
      const moved = text.replaceAll('http://127.0.0.1:4318', otlp).replaceAll('http://127.0.0.1:8092', api);
      return `example=${name}; { ${moved}} > ${name}.body`;
    }),
  ].join('\n');
  await promisify(execFile)('bash', ['-c', script], { cwd: folder });
  for (const { name } of examples) answers.set(name, readAnswer(name));
}

function readAnswer(name: string): Answer {
  const head = readFileSync(`${folder}/${name}.head`, 'utf8');
  return {
    status: Number(/^HTTP\/\S+ (\d+)/.exec(head)?.[1]),
    contentType: /^content-type: ([^;\r\n]*)/im.exec(head)?.[1] ?? '',
    body: JSON.parse(readFileSync(`${folder}/${name}.body`, 'utf8')) as unknown,
  };
}
