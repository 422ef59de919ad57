// `npm run demo`: a handful of services that fail, at a rate one can watch, and the processor if none runs.
//   --seconds N   stop by itself; without it Ctrl-C does
//   --rate R      errors a second, 0.1 to 50; 2 by default
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startCapture } from 'errata/capture';
import { ensureProcessor } from './processor.js';
import { startServices } from './services.js';

const { values } = parseArgs({ options: { seconds: { type: 'string' }, rate: { type: 'string', default: '2' } } });
const seconds = values.seconds === undefined ? Number.POSITIVE_INFINITY : Number(values.seconds);
const rate = Number(values.rate);

if (!(seconds > 0) || !(rate >= 0.1 && rate <= 50)) {
  console.error('usage: npm run demo -- [--seconds N] [--rate R]   (N above 0, R from 0.1 to 50 errors a second)');
  process.exitCode = 2;
} else {
  process.exitCode = await run();
}

async function run() {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      // The second time somebody is in a hurry.
      if (stopping.signal.aborted) process.kill(process.pid, 'SIGKILL');
      stopping.abort();
    });
  }
  const processor = await ensureProcessor(stopping.signal).catch((cause) => {
    console.error(cause.message);
    return undefined;
  });
  if (processor === undefined) return 1;

  // One process speaks for all the services here: each report names its own.
  const capture = startCapture({ service: 'demo', environment: 'demo', release: '1.0.0', endpoint: processor.otlp });
  const services = await startServices();
  console.log(
    `\n${rate} errors a second, until ${Number.isFinite(seconds) ? `${seconds} s are over` : 'Ctrl-C'}. Look at`,
  );
  console.log(`  ${processor.api}/api/errors`);
  console.log(`  ${processor.api}/api/groups\n`);

  const tellRefusal = createRefusalTeller(capture, processor.otlp);
  const endsAt = performance.now() + seconds * 1000;
  for (const failure of shuffledForever(services.failures)) {
    if (stopping.signal.aborted || performance.now() >= endsAt) break;
    await failure.happen();
    console.log([time(), failure.severity.padEnd(8), failure.service.padEnd(16), failure.title].join('  '));
    await sleep(1000 / rate, undefined, { signal: stopping.signal }).catch(() => undefined);
    await tellRefusal();
  }

  console.log('\nstopping');
  await services.stop();
  await capture.stop(5000);
  const { captured, sent, dropped } = capture.stats();
  console.log(`${captured} errors captured, ${sent} sent, ${captured - sent} dropped`);
  if (captured !== sent) console.log(dropped);
  await processor.stop();
  return captured === sent ? 0 : 1;
}

/** Once, as soon as something was refused for good: whoever watches the lines would think that all is well. */
function createRefusalTeller(capture, otlp) {
  let isTold = false;
  return async () => {
    if (isTold || capture.stats().dropped.export_failed === 0) return;
    isTold = true;
    const status = await statusOf(otlp);
    if (status !== 401 && status !== 403) {
      console.error(`\nthe processor does not take what is sent (${status}): nothing of it will be seen\n`);
      return;
    }
    console.error(`
the processor refuses what is sent (${status}): it wants a token that may send. Ctrl-C, then
  npx errata token create --name demo --company 1
  ERRATA_TOKEN=errata_... npm run demo
`);
  };
}

/** The library counts what was refused; why, the answer to an empty request says. */
async function statusOf(otlp) {
  const token = process.env.ERRATA_TOKEN;
  try {
    const answer = await fetch(`${otlp.replace(/\/+$/, '')}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      body: '{"resourceLogs":[]}',
      signal: AbortSignal.timeout(3000),
    });
    return answer.status;
  } catch {
    return 'no answer';
  }
}

/** Every failure once in each round, in another order each time. */
function* shuffledForever(failures) {
  for (;;) yield* failures.toSorted(() => Math.random() - 0.5);
}

function time() {
  return new Date().toISOString().slice(11, 19);
}
