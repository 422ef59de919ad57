// The process dies; its error does not. Each case is a process of its own, with the library as it is published.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BuiltCapture } from './build-capture.ts';
import { buildCapture, repository } from './build-capture.ts';
import { startSink } from './otlp-sink.ts';

let built: BuiltCapture;
beforeAll(() => {
  built = buildCapture();
});
afterAll(() => built.remove());

interface Exit {
  readonly code: number | null;
  readonly stderr: string;
  readonly stdout: string;
  readonly ms: number;
}

/** Runs a script after startCapture; the service would live on for a minute if nothing ended it. */
function run(script: string, endpoint: string, flags: readonly string[] = []): Promise<Exit> {
  const code = `import { startCapture, logError } from 'errata/capture';
    const options = { service: 'doomed', endpoint: ${JSON.stringify(endpoint)} };
    const capture = startCapture(options);
    const server = setTimeout(() => console.log('still alive'), 60_000);
    ${script}`;
  const startedAt = performance.now();
  const argv = [...built.flags, ...flags, '--input-type=module', '--eval', code];
  const child = spawn(process.execPath, argv, { cwd: repository });
  let stderr = '';
  let stdout = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  return new Promise((resolve) =>
    child.once('close', (exitCode) => resolve({ code: exitCode, stderr, stdout, ms: performance.now() - startedAt })),
  );
}

test('an uncaught exception arrives before the exit; the exit code is 1 and Node prints the stack', async () => {
  const sink = await startSink();
  const exit = await run(
    `setTimeout(function failing() { throw new TypeError('nobody caught me', { cause: new Error('deep') }); }, 1);`,
    sink.url,
  );
  await sink.close();
  expect(exit.code).toBe(1);
  expect(exit.stderr).toMatch(
    /TypeError: nobody caught me\n {4}at Timeout\.failing[^]*\[cause\]: Error: deep[^]*Node\.js v/,
  );
  expect(sink.logs).toHaveLength(1);
  expect(sink.logs[0]).toMatchObject({
    severityNumber: 21,
    body: 'nobody caught me',
    eventName: 'exception',
    attributes: {
      'exception.type': 'TypeError',
      'errata.severity': 'critical',
      'errata.error_type': 'unhandled_exception',
      'errata.handled': false,
    },
  });
});

test('an error that was reported before it killed the process arrives as critical too', async () => {
  const sink = await startSink();
  await run(
    `const error = new Error('twice'); logError({ severity: 'warning', message: 'seen', error }); setTimeout(() => { throw error; }, 1);`,
    sink.url,
  );
  await sink.close();
  expect(sink.logs.map((log) => log.severityNumber)).toEqual([13, 21]);
});

test.each([
  ['an Error', `Promise.reject(new RangeError('rejected'))`, 'RangeError', 'rejected'],
  [
    'a value',
    `Promise.reject({ reason: 'because' })`,
    'UnhandledPromiseRejection',
    `unhandled rejection with a value that is no Error: { reason: 'because' }`,
  ],
])(
  'a rejection with %s that nobody handles ends the process like an exception',
  async (_name, script, type, message) => {
    const sink = await startSink();
    const exit = await run(script, sink.url);
    await sink.close();
    expect(exit.code).toBe(1);
    expect(exit.stderr).toContain(message);
    expect(sink.logs).toMatchObject([{ severityNumber: 21, body: message, attributes: { 'exception.type': type } }]);
  },
);

test('a host with its own handlers lives on, and the errors are captured as errors', async () => {
  const sink = await startSink();
  const exit = await run(
    `process.on('uncaughtException', (error) => console.log('host saw', error.message));
     setTimeout(() => { throw new Error('survivable'); }, 1);
     setTimeout(() => Promise.reject(new Error('rejected')), 20);
     setTimeout(async () => { await capture.stop(); clearTimeout(server); process.exitCode = 3; }, 100);`,
    sink.url,
  );
  await sink.close();
  expect(exit.stdout).toBe('host saw survivable\nhost saw rejected\n');
  expect(exit.code).toBe(3);
  expect(sink.logs.map((log) => [log.body, log.severityNumber])).toEqual([
    ['survivable', 17],
    ['rejected', 17],
  ]);
});

test("Node's flag for rejections is obeyed", async () => {
  const sink = await startSink();
  const exit = await run(
    `Promise.reject(new Error('only warned of')); setTimeout(() => clearTimeout(server), 50);`,
    sink.url,
    ['--unhandled-rejections=warn'],
  );
  await sink.close();
  expect(exit.code).toBe(0);
});

test('crashes: false leaves everything to the host; a second start installs nothing twice', async () => {
  const exit = await run(
    `startCapture(options);
     const counts = () => [process.listenerCount('uncaughtException'), process.listenerCount('unhandledRejection')].join();
     console.log(counts());
     await capture.stop(0);
     console.log(counts());
     startCapture({ ...options, crashes: false });
     console.log(counts());
     clearTimeout(server);`,
    'http://127.0.0.1:9',
  );
  expect(exit.stdout).toBe('1,1\n0,0\n0,0\n');
  expect(exit.code).toBe(0);
});

test('with an endpoint that hangs a crash takes two seconds longer, not more', async () => {
  const hanging = createServer(() => undefined);
  await new Promise<void>((resolve) => hanging.listen(0, '127.0.0.1', resolve));
  const exit = await run(
    `setTimeout(() => { throw new Error('late'); }, 1);`,
    `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`,
  );
  hanging.close();
  expect(exit.code).toBe(1);
  expect(exit.stderr).toContain('Error: late');
  expect(exit.ms).toBeGreaterThan(2000);
  expect(exit.ms).toBeLessThan(6000);
});

test('a script that ends by itself sends what it has reported first', async () => {
  const sink = await startSink();
  const exit = await run(
    `clearTimeout(server); await logError({ severity: 'error', message: 'last words' });`,
    sink.url,
  );
  await sink.close();
  expect(exit.code).toBe(0);
  expect(sink.logs.map((log) => log.body)).toEqual(['last words']);
  expect(exit.ms).toBeLessThan(6000);
});

test('a script that ends by itself is held up two seconds at most by an endpoint that refuses', async () => {
  const exit = await run(
    `clearTimeout(server); await logError({ severity: 'error', message: 'unheard' });`,
    'http://127.0.0.1:9',
  );
  expect(exit.code).toBe(0);
  expect(exit.ms).toBeLessThan(6000);
});
