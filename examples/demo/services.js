// The services of the demo and the ways in which they fail. The failures are real where they can be: the connection is
// refused by the kernel, the health check does speak HTTP to something that does not. Messages hold ids and numbers, as
// they do in life, so that grouping has something to do.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import { trace } from '@opentelemetry/api';
import fastify from 'fastify';
import { captureFastify, logError } from 'errata/capture';
import { createPool } from './pool.js';
import { startSurroundings } from './surroundings.js';

export async function startServices() {
  const surroundings = await startSurroundings();
  const payments = await startPayments(surroundings.gateway);
  return {
    failures: [
      ...mcpServer(surroundings),
      ...ordersDbWorker(surroundings),
      ...sessionStore(),
      ...billing(),
      ...auth(surroundings),
      ...notifications(surroundings),
      payments.failure,
    ],
    async stop() {
      await payments.stop();
      await surroundings.stop();
    },
  };
}

/** What can go wrong in one service: `work` throws, and the service reports it as SEED.md shows. */
function failing(service, { severity, error_type, title, message, details = () => ({}), work }) {
  async function happen() {
    // A span around the work, so that the error carries a trace id.
    await trace.getTracer(service).startActiveSpan(title, async (span) => {
      try {
        await work();
      } catch (error) {
        await logError({ service, severity, error_type, message: message ?? error.message, details: details(), error });
      } finally {
        span.end();
      }
    });
  }
  return { service, severity, title, happen };
}

function mcpServer({ postgres, silent }) {
  return [
    failing('mcp-server', {
      severity: 'error',
      error_type: 'health_check_failed',
      title: 'HTTP health check on PostgreSQL',
      message: 'PostgreSQL health check failed',
      details: () => ({
        service_name: 'PostgreSQL',
        port: postgres.port,
        attempted_protocol: 'http',
        expected_protocol: 'postgresql',
      }),
      work: () => fetch(postgres.url),
    }),
    failing('mcp-server', {
      severity: 'warning',
      error_type: 'timeout',
      title: 'tool call times out',
      work: async () => {
        const call = randomUUID();
        await fetch(silent.url, { signal: AbortSignal.timeout(100) }).catch((cause) => {
          throw new Error(`tool call ${call} timed out after 100 ms`, { cause });
        });
      },
    }),
  ];
}

function ordersDbWorker({ closedPort }) {
  return [
    failing('orders-db-worker', {
      severity: 'error',
      error_type: 'connection_failed',
      title: 'database connection refused',
      details: () => ({ service_name: 'orders-db', host: '127.0.0.1', port: closedPort }),
      work: () => once(connect(closedPort, '127.0.0.1'), 'connect'),
    }),
    failing('orders-db-worker', {
      severity: 'error',
      title: 'bug: an order without lines',
      work: () => totalOf({ id: Math.ceil(Math.random() * 100_000) }),
    }),
  ];
}

function totalOf(order) {
  return order.lines.reduce((sum, line) => sum + line.price, 0);
}

function sessionStore() {
  const pool = createPool({ name: 'Redis', size: 4, waitMs: 50 });
  for (let taken = 0; taken < 4; taken++) pool.leak();
  return [
    failing('session-store', {
      severity: 'error',
      error_type: 'pool_exhausted',
      title: 'Redis pool exhausted',
      details: () => ({ service_name: 'Redis', pool: pool.state() }),
      work: () => pool.acquire(),
    }),
  ];
}

function billing() {
  return [
    failing('billing', {
      severity: 'critical',
      error_type: 'out_of_memory',
      title: 'invoice run out of memory',
      // As if the heap were full: what V8 throws for a buffer that no machine has room for.
      message: 'JavaScript heap out of memory while building invoices',
      details: () => ({ rss_bytes: process.memoryUsage.rss() }),
      work: () => new ArrayBuffer(Number.MAX_SAFE_INTEGER),
    }),
  ];
}

function auth({ busy }) {
  return [
    failing('auth', {
      severity: 'warning',
      error_type: 'rate_limited',
      title: 'identity provider answers 429',
      work: async () => {
        const answer = await fetch(busy.url);
        const seconds = answer.headers.get('retry-after');
        throw new Error(`identity provider answered ${answer.status}, retry after ${seconds} s`);
      },
    }),
    failing('auth', {
      severity: 'warning',
      error_type: 'auth_failed',
      title: 'token with a wrong signature',
      work: () => {
        throw new Error(`invalid signature of token for user ${Math.ceil(Math.random() * 9999)}`);
      },
    }),
  ];
}

function notifications({ silent }) {
  return [
    failing('notifications', {
      severity: 'error',
      title: 'mail host does not resolve',
      work: () => lookup('smtp.notifications.invalid'),
    }),
    failing('notifications', {
      severity: 'info',
      error_type: 'timeout',
      title: 'second try of a webhook',
      message: 'webhook delivered at the second try',
      work: () => fetch(silent.url, { signal: AbortSignal.timeout(100) }),
    }),
  ];
}

/** A real web service: its route throws, and the plugin reports it without a word in the route. */
async function startPayments(gateway) {
  const app = fastify();
  await app.register(captureFastify, { service: 'payments-api' });
  async function pay(request) {
    const answer = await fetch(gateway.url, { method: 'POST' });
    const error = new Error(`payment processing failed: gateway answered ${answer.status}`);
    await logError({
      service: 'payments-api',
      severity: 'critical',
      error_type: 'api_error',
      message: error.message,
      details: { order_id: request.params.orderId, gateway_status: answer.status },
      error,
    });
    // The plugin sees it too: it is the same error, and reported once.
    throw error;
  }
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Fastify awaits its handlers
  app.post('/pay/:orderId', pay);
  const url = await app.listen({ port: 0 });
  return {
    failure: {
      service: 'payments-api',
      severity: 'critical',
      title: 'payment processing failing',
      happen: () => fetch(`${url}/pay/${randomUUID()}`, { method: 'POST' }),
    },
    stop: () => app.close(),
  };
}
