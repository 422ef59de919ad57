// The collector as compose starts it: the shipped configuration, and over it the token from a file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { BUILD_TIMEOUT_MS, buildCollector, freePort, goMissing } from '../collector/collector-process.ts';
import { spans } from '../collector/otlp-samples.ts';
import { startSink } from '../collector/sink.ts';
import { requirement } from '../require.ts';
import { readCompose } from './compose-file.ts';

const missing = await goMissing();
const test = await requirement('collector', async () => missing);

test(
  'an error goes on with the token that stands in the secret file',
  async () => {
    const binary = await buildCollector();
    const folder = await mkdtemp(join(tmpdir(), 'errata-deploy-'));
    const [endpoint, http, grpc, health, metrics] = await Promise.all(Array.from({ length: 5 }, freePort));
    const sink = await startSink(endpoint ?? 0, 0);
    const service = readCompose('docker-compose.yml').services['collector'];
    const overlay = await readFile('deploy/collector/token.yaml', 'utf8');
    await writeFile(join(folder, 'token.yaml'), overlay.replace('/run/secrets', folder));
    await writeFile(join(folder, 'errata_collector_token'), 'from-the-file');
    const args = ['--config=collector/config.yaml', `--config=${join(folder, 'token.yaml')}`];
    const child = spawn(binary, args, {
      env: {
        ...service?.environment,
        ERRATA_COLLECTOR_DIR: join(folder, 'queue'),
        ERRATA_COLLECTOR_HOST: '127.0.0.1',
        ERRATA_COLLECTOR_HTTP_PORT: String(http),
        ERRATA_COLLECTOR_GRPC_PORT: String(grpc),
        ERRATA_COLLECTOR_HEALTH_PORT: String(health),
        ERRATA_COLLECTOR_METRICS_PORT: String(metrics),
        ERRATA_ENDPOINT: `http://127.0.0.1:${endpoint}`,
      },
      stdio: 'ignore',
    });
    try {
      const send = () =>
        fetch(`http://127.0.0.1:${http}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(spans({ 'by-status': { status: 2 } })),
        });
      await vi.waitFor(async () => expect((await send()).status).toBe(200), { timeout: 30_000, interval: 100 });
      await vi.waitFor(() => expect(sink.names()).toEqual(['by-status']), { timeout: 30_000 });
      expect(sink.authorization()).toBe('Bearer from-the-file');
    } finally {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
      await sink.kill();
      await rm(folder, { recursive: true, force: true });
    }
  },
  BUILD_TIMEOUT_MS,
);
