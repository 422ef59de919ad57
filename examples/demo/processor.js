// The processor that the demo talks to: the one that runs, or one of its own, which it stops again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const api = process.env.ERRATA_URL ?? `http://127.0.0.1:${process.env.ERRATA_API_PORT ?? 8092}`;
const otlp = process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? `http://127.0.0.1:${process.env.ERRATA_OTLP_PORT ?? 4318}`;
const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 20_000;
/** What it said last is shown when it does not start. */
const KEPT_OUTPUT = 4000;

/** Rejects with a message for people when no processor can be had. */
export async function ensureProcessor(signal) {
  if (await answers()) {
    console.log(`using the processor at ${api}`);
    return { api, otlp, stop: () => Promise.resolve() };
  }
  console.log('no processor answers: starting one');
  const main = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
  // A process group of its own: Ctrl-C is for the demo, which stops it after its last errors have arrived. Own telemetry
  // off: it would send its errors to itself.
  const child = spawn(process.execPath, [main, 'serve'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
    });
  }
  const deadline = performance.now() + START_DEADLINE_MS;
  while (!(await answers())) {
    if (hasEnded(child)) throw new Error(`the processor ended with code ${child.exitCode}:\n${output}`);
    if (signal.aborted || performance.now() > deadline) {
      await stop(child);
      throw new Error(
        signal.aborted ? 'stopped before the processor was ready' : `the processor is not ready:\n${output}`,
      );
    }
    await sleep(100);
  }
  return { api, otlp, stop: () => stop(child) };
}

async function answers() {
  try {
    return (await fetch(`${api}/healthz`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    // Nobody there, or not yet.
    return false;
  }
}

async function stop(child) {
  if (hasEnded(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
  await exited;
  clearTimeout(timer);
}

function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null;
}
