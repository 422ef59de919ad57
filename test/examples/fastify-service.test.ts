// examples/fastify-service as a process, with the library as it is published.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { buildCapture, repository } from '../capture/build-capture.ts';
import { startSink } from '../capture/otlp-sink.ts';
import { SECRET, signedHeaders } from '../capture/sign-fix.ts';

test('the Fastify service reports its failing payment and its wrong health check, clears its cache when told to, and stops cleanly', async () => {
  const built = buildCapture();
  const sink = await startSink();
  const service = spawn(
    process.execPath,
    [...built.flags, join(repository, 'examples', 'fastify-service', 'server.js')],
    {
      env: {
        ...process.env,
        OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
        PORT: '0',
        PGPORT: '4998',
        ERRATA_FIX_SECRET: SECRET,
      },
    },
  );
  const address = await new Promise<string>((resolve) => {
    createInterface(service.stdout).on('line', (line) => {
      const found = /Server listening at (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const paid = await fetch(`${address}/pay`, { method: 'POST' });
  const health = await fetch(`${address}/health`);
  const body = '{"fix":"cache.clear","params":{"cache":"charges"}}';
  const fixed = await fetch(`${address}/errata/fix`, {
    method: 'POST',
    headers: signedHeaders({ key: 'one', body }),
    body,
  });
  const exited = once(service, 'exit');
  service.kill('SIGTERM');
  const [code] = await exited;
  await sink.close();
  built.remove();

  expect(paid.status).toBe(500);
  expect(await health.json()).toEqual({ status: 'degraded' });
  expect(await fixed.json()).toEqual({ applied: true, result: { entries: 0 } });
  expect(code).toBe(0);
  const payment = sink.logs.find((log) => log.body === 'payment processing failed: card gateway unreachable');
  expect(JSON.parse(String(payment?.attributes['errata.details']))).toMatchObject({ method: 'POST', route: '/pay' });
  expect(String(payment?.attributes['exception.stacktrace'])).toMatch(
    /\[cause\]: TypeError: fetch failed[^]*\[cause\]: Error: connect ECONNREFUSED 127\.0\.0\.1:4999/,
  );
  const check = sink.logs.find((log) => log.body === 'PostgreSQL health check failed');
  expect(check?.attributes).toMatchObject({ 'errata.error_type': 'health_check_failed', 'errata.handled': true });
  expect(sink.logs).toHaveLength(2);
});
