// The built processor as users start it: a child process on free ports, in an empty folder of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const main = new URL('../../dist/main.js', import.meta.url).pathname;

export interface Processor {
  readonly otlpPort: number;
  readonly apiPort: number;
  readonly folder: string;
  /** SIGTERM; resolves with the exit code, and leaves nothing behind. */
  stop(): Promise<number | null>;
}

/** Resolves when it has said that it is ready; rejects with what it printed when it ends before. */
export async function startProcessor(): Promise<Processor> {
  const folder = await mkdtemp(join(tmpdir(), 'errata-processor-'));
  const child = spawn(process.execPath, [main, 'serve'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      ERRATA_OTLP_PORT: '0',
      ERRATA_API_PORT: '0',
      ERRATA_ADMIN_PORT: '0',
      ERRATA_DATA_DIR: join(folder, 'data'),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const printed: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => printed.push(text));
  const lines = createInterface({ input: child.stdout });
  const ready = new Promise<{ otlp: unknown; api: unknown }>((resolve, reject) => {
    lines.on('line', (line) => {
      printed.push(`${line}\n`);
      const fields = parse(line);
      if ('otlp' in fields && 'api' in fields) resolve({ otlp: fields['otlp'], api: fields['api'] });
    });
    void exited.then((code) => reject(new Error(`the processor ended with ${code}:\n${printed.join('')}`)));
  });
  const { otlp, api } = await ready.catch(async (cause: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw cause;
  });
  return {
    otlpPort: portOf(otlp),
    apiPort: portOf(api),
    folder,
    async stop() {
      child.kill('SIGTERM');
      const code = await exited;
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

function parse(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** A port, or an address that ends in one. */
function portOf(address: unknown): number {
  const port = /(\d+)\/?$/.exec(String(address))?.[1];
  if (port === undefined) throw new Error(`no port in ${String(address)}`);
  return Number(port);
}
