// Chromium ends every request when an interface of its network comes or goes (ERR_NETWORK_CHANGED), as containers of tests next
// door make them do all the time. Where it may, it runs in a network namespace of its own and reaches the processor's
// admin port, and nothing else, over a socket in the file system.
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

export const EXECUTABLE = '/usr/bin/chromium';

/** As root in a container Chromium's own sandbox can't be had, and shared memory is small. */
const FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb'];

const RELAY = new URL('own-network.mjs', import.meta.url).pathname;

interface Launched {
  readonly browser: Browser;
  readonly close: () => Promise<void>;
}

export async function launchChromium(port: number): Promise<Launched> {
  if (spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).status !== 0) {
    const browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
    return { browser, close: () => browser.close() };
  }
  const folder = await mkdtemp(join(tmpdir(), 'errata-chromium-'));
  const socket = join(folder, 'admin.sock');
  const server = createServer((inside) => {
    const processor = connect(port, '127.0.0.1');
    inside.pipe(processor).pipe(inside);
    for (const end of [inside, processor]) end.on('error', () => void [inside, processor].map((one) => one.destroy()));
  });
  await new Promise<void>((resolve) => {
    server.listen(socket, resolve);
  });
  const script = join(folder, 'chromium');
  await writeFile(
    script,
    `#!/bin/sh\nexec unshare --net ${process.execPath} ${RELAY} ${port} ${socket} ${EXECUTABLE} "$@"\n`,
  );
  await chmod(script, 0o755);
  const browser = await chromium.launch({ executablePath: script, args: FLAGS });
  return {
    browser,
    async close() {
      await browser.close();
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
