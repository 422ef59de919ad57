// A service with a Redis pool, as it runs in a container of redis-pool.test.ts: it reads the cart five times a second and
// reports what fails; /healthz tells whether the last one succeeded. Something in it takes connections and never gives them back: LEAKS says for how long it does.
import { createServer } from 'node:http';
import { createClient, createClientPool } from '@redis/client';
import { fixHandler, logError, onFix, startCapture } from 'errata/capture';

const { SERVICE: service, REDIS: url, FIX_PORT: port, FIX_SECRET: secret, LEAKS: leaks } = process.env;
const SIZE = 3;

startCapture({ service });
const counter = await createClient({ url }).connect();
const starts = await counter.incr(`${service}:starts`);
let pools = 0;
let isFailing = false;
let pool = await openPool();

onFix('pool.reset', async ({ pool: name }) => {
  if (name !== 'redis') throw new Error('there is no such pool');
  const closed = pool.totalClients;
  pool.destroy();
  pool = await openPool();
  await counter.incr(`${service}:resets`);
  return { closed };
});
const fixes = fixHandler({ secret });
createServer((request, response) => {
  if (request.url === '/healthz') response.writeHead(isFailing ? 503 : 200).end();
  else fixes(request, response);
}).listen(Number(port), '127.0.0.1');
setInterval(() => void readCart(), 200);

async function openPool() {
  const opened = createClientPool({ url }, { minimum: 1, maximum: SIZE, acquireTimeout: 100 });
  opened.on('error', () => undefined);
  await opened.connect();
  pools += 1;
  if (isLeaking()) for (let taken = 0; taken < SIZE; taken += 1) opened.execute(never).catch(() => undefined);
  return opened;
}

function isLeaking() {
  if (leaks === 'until reset') return starts === 1 && pools === 1;
  return leaks === 'until restart' ? starts === 1 : true;
}

function never() {
  return new Promise(() => {});
}

async function readCart() {
  try {
    await pool.get('cart');
    isFailing = false;
  } catch (error) {
    isFailing = true;
    await logError({
      severity: 'error',
      message: `Redis connection pool exhausted: ${pool.clientsInUse} of ${SIZE} in use`,
      details: { 'db.system.name': 'redis' },
      error,
    });
  }
}
