import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProcessor } from '../processor.ts';
import { tracesOf } from './otlp-json.ts';

/** Takes what the processor tells of itself. */
const received: { path: string; body: Buffer }[] = [];
let sink: Server;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'errata-own-'));
  sink = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ path: request.url ?? '', body: Buffer.concat(chunks) });
      response.end();
    });
  });
  await once(sink.listen(0, '127.0.0.1'), 'listening');
});
afterAll(async () => {
  sink.close();
  await rm(dataDir, { recursive: true, force: true });
});

test('it traces and counts itself, and takes nothing of its own for an error of a service', async () => {
  const address = sink.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const processor = await startProcessor(dataDir, {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
  });
  const span = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: 'aaaaaaaaaaaaaaaa',
    message: 'the store was away',
  };
  const body = tracesOf([span], 'errata');
  const [resourceSpans] = (body as { resourceSpans: { resource: { attributes: object[] } }[] }).resourceSpans;
  const post = async () => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${processor.otlp}/v1/traces`, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(answer.status).toBe(200);
    return ((await (await fetch(`${processor.api}/api/errors`)).json()) as { total: number }).total;
  };
  resourceSpans?.resource.attributes.push({ key: 'errata.self', value: { boolValue: true } });
  expect(await post()).toBe(0);
  resourceSpans?.resource.attributes.pop();
  expect(await post()).toBe(1);
  expect(await processor.stop()).toBe(0);

  const told = (path: string) =>
    Buffer.concat(received.filter((request) => request.path === path).map(({ body: sent }) => sent));
  expect(told('/v1/traces').includes('accept delivery')).toBe(true);
  expect(told('/v1/traces').includes('errata.self')).toBe(true);
  expect(told('/v1/metrics').includes('errata_ingest_outcomes_total')).toBe(true);
});
