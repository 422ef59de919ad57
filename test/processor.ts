// A real processor: the built command in a process of its own, on free ports, in a folder of its own.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Processor {
  readonly otlp: string;
  readonly api: string;
  readonly admin: string;
  readonly pid: number;
  /** As a power cut for the process: SIGKILL, resolved when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** `ports`: from an earlier run, so that senders find it again. Throws with its standard error when it does not start. */
export async function startProcessor(
  dataDir: string,
  {
    env = {},
    ports = { otlp: 0, api: 0 },
  }: { env?: Record<string, string>; ports?: { otlp: number; api: number } } = {},
): Promise<Processor> {
  const child = spawn(process.execPath, ['dist/main.js', 'serve'], {
    env: {
      PATH: process.env['PATH'],
      ERRATA_CONFIG: 'test/empty.yaml',
      ERRATA_DATA_DIR: dataDir,
      ERRATA_OTLP_PORT: String(ports.otlp),
      ERRATA_API_PORT: String(ports.api),
      ERRATA_ADMIN_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const addresses = await readAddresses(child);
  const gone = once(child, 'exit');
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    const [code] = (await gone) as [number | null];
    return code;
  };
  return {
    ...addresses,
    pid: child.pid ?? 0,
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
  };
}

async function readAddresses(child: ChildProcess): Promise<Pick<Processor, 'otlp' | 'api' | 'admin'>> {
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += String(chunk);
  });
  if (child.stdout === null) throw new Error('no standard output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    const entry = JSON.parse(line) as { otlp?: string; api?: string; admin?: string };
    if (entry.otlp !== undefined && entry.api !== undefined && entry.admin !== undefined) {
      child.stdout.resume();
      return { otlp: entry.otlp, api: entry.api, admin: entry.admin };
    }
  }
  throw new Error(`the processor did not start: ${errors}`);
}
