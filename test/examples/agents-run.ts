// One of examples/agents as a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ran {
  readonly code: number | null;
  /** What it printed, errors too. */
  readonly output: string;
}

export async function runExample(file: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  const child = spawn(process.execPath, [`examples/agents/${file}`], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}
