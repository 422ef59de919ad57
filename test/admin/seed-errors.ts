// What a small shop would have sent in the last hours: known numbers, so that tests can say what must be seen.
import type { Admin } from './open-admin.ts';

const NODE_STACK = `TimeoutError: payment service did not answer within 3000 ms
    at Timeout._onTimeout (/srv/checkout/node_modules/undici/lib/util/timers.js:88:7)
    at listOnTimeout (node:internal/timers:581:17)
    at process.processTimers (node:internal/timers:519:7)
    at async PaymentClient.charge (/srv/checkout/src/payment-client.js:41:12)
    at async payOrder (/srv/checkout/src/orders/pay-order.js:27:20)
    at async Object.handler (/srv/checkout/node_modules/fastify/lib/handle-request.js:152:5)
    at async POST (/srv/checkout/src/routes/pay.js:12:3)`;

const REFUND = {
  service: 'checkout',
  severity: 'error',
  message: 'payment service did not answer within 3000 ms',
  exception_type: 'TimeoutError',
  stack_trace: NODE_STACK.replaceAll('payOrder', 'refundOrder').replaceAll('pay-order', 'refund-order'),
  environment: 'production',
};

const PYTHON_STACK = `Traceback (most recent call last):
  File "/app/billing/jobs/invoice.py", line 88, in run
    total = price_of(line)
  File "/app/billing/pricing.py", line 31, in price_of
    return table[line["sku"]]
KeyError: 'SKU-1042'`;

const TRACE = '5b8efff798038103d269b633813fc60c';

/**
 * 12 critical, 42 error, 25 warning and 3 info: 82 errors in 6 groups of 5 services. One group of two errors is resolved; the
 * other five, of 80 errors, are open.
 */
export async function seedErrors(post: Admin['post']): Promise<void> {
  const nowMs = Date.now();
  const ago = (minutes: number) => new Date(nowMs - minutes * 60_000).toISOString();
  const sent: Promise<Record<string, unknown>>[] = [];
  const log = (error: object) => void sent.push(post('/api/errors/log', error));
  for (let index = 0; index < 12; index += 1) {
    log({
      service: 'mcp-server',
      severity: 'critical',
      error_type: 'health_check_failed',
      message: 'PostgreSQL health check failed',
      environment: 'production',
      release: '1.4.2',
      timestamp: ago(3 + index * 17),
      details: {
        service_name: 'PostgreSQL',
        port: 5432,
        attempted_protocol: 'http',
        expected_protocol: 'postgresql',
      },
    });
  }
  for (let index = 0; index < 40; index += 1) {
    log({
      service: 'checkout',
      severity: 'error',
      message: 'payment service did not answer within 3000 ms',
      exception_type: 'TimeoutError',
      stack_trace: NODE_STACK,
      environment: 'production',
      release: index < 20 ? '2.8.0' : '2.7.9',
      host: 'web-3',
      timestamp: ago(1 + index * index * 0.7),
      trace_id: index === 0 ? TRACE : undefined,
      span_id: index === 0 ? 'eee19b7ec3c1b174' : undefined,
      details: { order: `A-${4711 + index}`, amount_cents: 4990, retries: 2 },
    });
  }
  log({
    service: 'payment',
    severity: 'warning',
    message: 'connection pool exhausted: 20 of 20 in use, 14 waiting',
    exception_type: 'PoolTimeout',
    environment: 'production',
    timestamp: new Date(nowMs - 61_200).toISOString(),
    trace_id: TRACE,
    span_id: 'aaa19b7ec3c1b174',
  });
  for (let index = 0; index < 24; index += 1) {
    log({
      service: 'billing',
      severity: 'warning',
      message: `no price for article ${1042 + index}`,
      exception_type: 'KeyError',
      stack_trace: PYTHON_STACK,
      environment: 'staging',
      timestamp: ago(9 + index * 29),
    });
  }
  for (let index = 0; index < 3; index += 1) {
    log({
      service: 'search',
      severity: 'info',
      message: 'slow query: 2.4 s for "blue shoes"',
      environment: 'production',
      timestamp: ago(30 + index * 200),
    });
  }
  log({ ...REFUND, timestamp: ago(200) });
  const { id } = await post('/api/errors/log', { ...REFUND, timestamp: ago(210) });
  await Promise.all(sent);
  await post(`/api/errors/${String(id)}/resolve`, {
    resolution_notes: 'Raised the pool of the payment service to 40.',
  });
}
