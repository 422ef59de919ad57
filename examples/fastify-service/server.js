// A small payments service that reports its errors with errata/capture. What to copy: the first two statements and one
// register; onFix and a second one where the service can repair something itself.
import fastify from 'fastify';
import { captureFastify, fixFastify, logError, onFix, startCapture } from 'errata/capture';

const capture = startCapture({ service: 'payments-api', environment: 'development', release: '1.0.0' });

const app = fastify({ logger: true });
// Every route that throws or answers 5xx is captured, with its pattern; nothing else to do in the routes.
await app.register(captureFastify);

// What Errata may ask this service to do, and only with a secret that both know.
const caches = { charges: new Map() };
onFix('cache.clear', ({ cache }) => {
  // The name comes from a rule: it is looked up, never trusted.
  if (!Object.hasOwn(caches, cache)) throw new Error('there is one cache, charges');
  const entries = caches[cache].size;
  caches[cache].clear();
  return { entries };
});
if (process.env.ERRATA_FIX_SECRET) await app.register(fixFastify, { secret: process.env.ERRATA_FIX_SECRET });

const gateway = process.env.GATEWAY_URL ?? 'http://127.0.0.1:4999';
const postgres = {
  name: 'PostgreSQL',
  host: process.env.PGHOST ?? '127.0.0.1',
  port: Number(process.env.PGPORT ?? 5432),
};

app.post('/pay', async () => {
  try {
    const answer = await fetch(new URL('/charges', gateway), { method: 'POST', signal: AbortSignal.timeout(2000) });
    caches.charges.set(answer.headers.get('date'), answer.ok);
    return { paid: answer.ok };
  } catch (cause) {
    // Nothing listens at the gateway's default address, so this is what happens.
    throw new Error('payment processing failed: card gateway unreachable', { cause });
  }
});

app.get('/health', async () => {
  try {
    await checkHealth(postgres);
    return { status: 'ok' };
  } catch (error) {
    // Handled: the service answers. The error is reported all the same, with what is needed to diagnose it.
    await logError({
      service: 'payments-api',
      severity: 'error',
      error_type: 'health_check_failed',
      message: 'PostgreSQL health check failed',
      details: { service_name: postgres.name, port: postgres.port, attempted_protocol: 'http' },
      error,
    });
    return { status: 'degraded' };
  }
});

/** The mistake that this example is about: PostgreSQL speaks no HTTP. pg_isready would be right. */
async function checkHealth({ host, port }) {
  const answer = await fetch(`http://${host}:${port}/`, { signal: AbortSignal.timeout(2000) });
  if (!answer.ok) throw new Error(`health check answered ${answer.status}`);
}

async function stop() {
  await app.close();
  // Last, so that the errors of closing are sent too.
  await capture.stop();
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop());

await app.listen({ port: Number(process.env.PORT ?? 3000) });
