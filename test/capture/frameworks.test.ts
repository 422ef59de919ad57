// The entry points beside logError: Fastify, Express-style middleware, pino.
import { createServer } from 'node:http';
import { PassThrough } from 'node:stream';
import fastify from 'fastify';
import pino from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Capture } from '../../src/capture/capture.ts';
import {
  captureExpress,
  captureFastify,
  capturePinoStream,
  logError,
  startCapture,
} from '../../src/capture/capture.ts';
import type { Sink } from './otlp-sink.ts';
import { startSink } from './otlp-sink.ts';

let sink: Sink;
let capture: Capture;
beforeEach(async () => {
  sink = await startSink();
  capture = startCapture({ service: 'payments-api', endpoint: sink.url, crashes: false });
});
afterEach(async () => {
  await capture.stop(100);
  await sink.close();
});

function details(index: number): unknown {
  return JSON.parse(String(sink.logs[index]?.attributes['errata.details']));
}

async function buildApp() {
  const app = fastify({ genReqId: () => 'req-42' });
  await app.register(captureFastify);
  return app;
}

test('a Fastify route that throws is captured with its pattern, and answered as before', async () => {
  const app = await buildApp();
  app.post('/pay/:orderId', () => {
    throw new Error('card processor unreachable');
  });
  const answer = await app.inject({ method: 'POST', url: '/pay/4711?token=secret' });
  expect(answer.statusCode).toBe(500);
  expect(answer.json()).toEqual({
    statusCode: 500,
    error: 'Internal Server Error',
    message: 'card processor unreachable',
  });
  await capture.flush();
  expect(sink.logs).toHaveLength(1);
  expect(sink.logs[0]).toMatchObject({
    body: 'card processor unreachable',
    severityNumber: 17,
    attributes: { 'errata.error_type': 'api_error', 'errata.handled': false, 'exception.type': 'Error' },
  });
  expect(String(sink.logs[0]?.attributes['exception.stacktrace'])).toContain('frameworks.test.ts');
  expect(details(0)).toEqual({ method: 'POST', route: '/pay/:orderId', status: 500, request_id: 'req-42' });
});

test("a client's fault is not captured: 4xx errors, validation, unknown routes, 4xx by the host's error handler", async () => {
  const app = await buildApp();
  app.get('/teapot', () => {
    throw Object.assign(new Error('no coffee'), { statusCode: 418 });
  });
  app.post('/order', { schema: { body: { type: 'object', required: ['id'] } } }, () => 'never');
  await app.register(async (scope) => {
    scope.setErrorHandler((_error, _request, reply) => reply.code(409).send({}));
    scope.get('/conflict', () => Promise.reject(new Error('already there')));
  });
  const answers = await Promise.all([
    app.inject('/teapot'),
    app.inject({ method: 'POST', url: '/order', payload: {} }),
    app.inject('/nowhere'),
    app.inject('/conflict'),
  ]);
  expect(answers.map((answer) => answer.statusCode)).toEqual([418, 400, 404, 409]);
  expect(capture.stats().captured).toBe(0);
});

test('a 5xx without an error is captured by its route, in scopes registered later too', async () => {
  const app = await buildApp();
  await app.register(async (scope) => {
    scope.get('/health', (_request, reply) => reply.code(503).send('down'));
  });
  await app.inject('/health');
  await capture.flush();
  expect(sink.logs.map((log) => log.body)).toEqual(['GET /health answered 503']);
});

test('an error that the route reported itself and then threw is one error', async () => {
  const app = await buildApp();
  app.get('/twice', async () => {
    const error = new Error('deep down');
    await logError({ severity: 'critical', message: 'payment processing failed', error });
    throw error;
  });
  await app.inject('/twice');
  await capture.flush();
  expect(sink.logs.map((log) => log.body)).toEqual(['payment processing failed']);
});

test('Express-style middleware captures, and hands the error on', async () => {
  const middleware = captureExpress({ service: 'billing' });
  expect(middleware).toHaveLength(4);
  const handedOn: unknown[] = [];
  const request = {
    method: 'GET',
    baseUrl: '/v2',
    route: { path: '/invoices/:id' },
    headers: { 'x-request-id': 'abc' },
  };
  const failure = new Error('invoice store away');
  const notFound = Object.assign(new Error('no such invoice'), { status: 404 });
  middleware(failure, request, {}, (error) => handedOn.push(error));
  middleware(notFound, request, {}, (error) => handedOn.push(error));
  middleware('thrown text', {}, {}, (error) => handedOn.push(error));
  expect(handedOn).toEqual([failure, notFound, 'thrown text']);
  await capture.flush();
  expect(sink.logs.map((log) => log.body)).toEqual(['invoice store away', 'thrown text']);
  expect(sink.logs[0]?.resource['service.name']).toBe('billing');
  expect(details(0)).toEqual({ method: 'GET', route: '/v2/invoices/:id', status: 500, request_id: 'abc' });
});

test('Express-style middleware takes the request of node:http', async () => {
  const middleware = captureExpress();
  const server = createServer((request, response) =>
    middleware(new Error('plain http'), request, response, () => response.writeHead(500).end()),
  );
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  await fetch(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/x`);
  await new Promise((resolve) => server.close(resolve));
  await capture.flush();
  expect(sink.logs.map((log) => log.body)).toEqual(['plain http']);
});

test('pino lines at warn or above, or with an err, are captured beside the normal output', async () => {
  const output = new PassThrough();
  const logger = pino(
    { base: { pid: 1 } },
    pino.multistream([{ stream: output }, { level: 'trace', stream: capturePinoStream() }]),
  );
  logger.info('started');
  logger.warn({ pool: 'redis', waiting: 12 }, 'pool nearly exhausted');
  logger.error({ err: new RangeError('too far', { cause: new Error('origin') }), order: 7 }, 'order failed');
  logger.fatal('going down');
  logger.info({ err: new Error('retried') }, 'second try worked');
  logger.child({ component: 'db' }).error('child failed');
  await capture.flush();
  expect(String(output.read()).trim().split('\n')).toHaveLength(6);
  expect(sink.logs.map((log) => [log.body, log.severityNumber])).toEqual([
    ['pool nearly exhausted', 13],
    // pino's serializer adds the messages of the causes.
    ['too far: origin', 17],
    ['going down', 21],
    ['retried', 9],
    ['child failed', 17],
  ]);
  expect(details(0)).toEqual({ pool: 'redis', waiting: 12 });
  expect(details(1)).toEqual({ log_message: 'order failed', order: 7 });
  expect(details(4)).toEqual({ component: 'db' });
  expect(sink.logs[1]?.attributes['exception.type']).toBe('RangeError');
  expect(String(sink.logs[1]?.attributes['exception.stacktrace'])).toMatch(
    /^RangeError: too far[^]*caused by: Error: origin/,
  );
});

test("Fastify's own log lines of failed requests add nothing to captureFastify, nor make errors of a client's faults", async () => {
  const app = fastify({ loggerInstance: pino({}, capturePinoStream()) });
  await app.register(captureFastify);
  app.get('/fails', (request) => {
    request.log.warn('about to fail');
    throw new Error('failed in the route');
  });
  app.get('/teapot', () => Promise.reject(Object.assign(new Error('no coffee'), { statusCode: 418 })));
  await app.inject('/fails');
  await app.inject('/teapot');
  await capture.flush();
  expect(sink.logs.map((log) => log.body)).toEqual(['about to fail', 'failed in the route']);
});

test('pino levels written as words are understood; lines that are not JSON are passed over', async () => {
  const stream = capturePinoStream();
  const logger = pino({ formatters: { level: (label) => ({ severity: label, level: label.toUpperCase() }) } }, stream);
  logger.info('fine');
  logger.error('not fine');
  stream.write('plain text\n');
  stream.write('{"level":50,"msg":');
  stream.write('[1,2]');
  await capture.flush();
  expect(sink.logs.map((log) => log.body)).toEqual(['not fine']);
});
