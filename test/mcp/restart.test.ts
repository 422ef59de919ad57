import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { expect, test } from 'vitest';
import { startProcessor } from '../processor.ts';

test('a client goes on where it was when the processor was killed between its calls', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'errata-mcp-'));
  try {
    let processor = await startProcessor(dataDir);
    const logged = await fetch(`${processor.api}/api/errors/log`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ service: 's', severity: 'error', error_type: 'api_error', message: 'kept' }),
    });
    const { id } = (await logged.json()) as { id: string };
    const url = new URL('/mcp', processor.api);
    const modern = new Client({ name: 'new', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
    await modern.connect(new StreamableHTTPClientTransport(url));
    const old = new OldClient({ name: 'old', version: '1.0.0' });
    await old.connect(new OldTransport(url));
    const look = { name: 'devops.errors.get', arguments: { error_id: id } };
    const before = await Promise.all([modern.callTool(look), old.callTool(look)]);

    const [otlp, api] = [processor.otlp, processor.api].map((address) => Number(new URL(address).port));
    await processor.kill();
    processor = await startProcessor(dataDir, { ports: { otlp: otlp ?? 0, api: api ?? 0 } });
    const after = await Promise.all([modern.callTool(look), old.callTool(look)]);
    // The admin page, which links lead to, took another free port.
    const told = (answers: typeof before) =>
      answers.map(({ structuredContent }) => ({ ...(structuredContent as object), links: undefined }));
    expect(told(after)).toEqual(told(before));
    expect(after[0]?.structuredContent).toMatchObject({ error: { error_id: id, message: 'kept' } });
    await Promise.all([modern.close(), old.close()]);
    expect(await processor.stop()).toBe(0);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
