// The checklist of the OTLP/HTTP specification, as senders see it.
import * as zlib from 'node:zlib';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { badRequest, exportResponse, rpcStatus } from '../fuzz/otlp-proto.ts';
import { authenticateTest, openReceiver } from './open-receiver.ts';
import type { TestReceiver } from './open-receiver.ts';
import {
  errorLog,
  errorSpan,
  healthySpan,
  json,
  logsOf,
  logsProtobuf,
  SPAN_ID,
  TRACE_ID,
  tracesOf,
  tracesProtobuf,
} from './samples.ts';

let open: TestReceiver | undefined;

afterEach(async () => {
  await open?.stop(1_000);
});

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

function receiver(...options: Parameters<typeof openReceiver>): TestReceiver {
  open = openReceiver(...options);
  return open;
}

function post(at: TestReceiver, url: string, type: string, payload: Buffer, headers: Record<string, string> = {}) {
  return at.server.inject({ method: 'POST', url, payload, headers: { 'content-type': type, ...headers } });
}

function statusOf(rawPayload: Buffer): unknown {
  return rpcStatus.toObject(rpcStatus.decode(rawPayload));
}

test('protobuf spans: the error goes on with its service, ids and exception, the healthy one does not', async () => {
  const at = receiver();
  const answer = await post(at, '/v1/traces', PROTOBUF, tracesProtobuf(healthySpan, errorSpan));
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe(PROTOBUF);
  expect(answer.headers['content-length']).toBe('0');
  expect(answer.rawPayload.length).toBe(0);
  expect(at.deliveries).toHaveLength(1);
  expect(at.deliveries[0]?.signal).toBe('traces');
  expect(at.deliveries[0]?.principal.company).toBe(7);
  expect(at.candidates()).toEqual([
    {
      kind: 'span',
      resource: new Map([['service.name', 'orders']]),
      scopeName: 'orders.http',
      traceId: TRACE_ID,
      spanId: SPAN_ID,
      parentSpanId: '',
      name: 'GET /orders',
      spanKind: 2,
      startTimeUnixNano: 1760000000000000000n,
      endTimeUnixNano: 1760000000000000009n,
      statusCode: 2,
      statusMessage: 'failed',
      attributes: new Map([['http.request.method', 'GET']]),
      exceptions: [
        {
          timeUnixNano: 1760000000000000001n,
          name: 'exception',
          attributes: new Map([
            ['exception.type', 'TypeError'],
            ['exception.message', 'x is not a function'],
          ]),
        },
      ],
    },
  ]);
});

test('JSON logs: the error goes on, the answer is {}', async () => {
  const at = receiver();
  const info = { ...errorLog, severityNumber: 9, severityText: 'INFO' };
  const answer = await post(at, '/v1/logs', JSON_TYPE, json(logsOf(info, errorLog)));
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, JSON_TYPE, '{}']);
  expect(at.candidates()).toEqual([
    {
      kind: 'log',
      resource: new Map([['service.name', 'orders']]),
      scopeName: 'orders.http',
      timeUnixNano: 1760000000000000000n,
      observedTimeUnixNano: 0n,
      severityNumber: 17,
      severityText: 'ERROR',
      body: 'payment refused',
      eventName: '',
      attributes: new Map(),
      traceId: TRACE_ID,
      spanId: SPAN_ID,
    },
  ]);
});

test.each([
  ['application/json; charset=utf-8', 'none'],
  ['APPLICATION/JSON', 'none'],
  ['application/json', 'gzip'],
  ['application/json', 'deflate'],
  ['application/x-protobuf', 'none'],
  ['application/x-protobuf', 'gzip'],
  ['application/x-protobuf', 'deflate'],
  ['application/x-protobuf', 'x-gzip'],
  ['Application/X-Protobuf;foo=bar', 'gzip'],
  ['application/protobuf', 'identity'],
])('%s with %s is taken', async (type, compression) => {
  const at = receiver();
  const isJson = type.toLowerCase().includes('json');
  const traces = isJson ? json(tracesOf(errorSpan)) : tracesProtobuf(errorSpan);
  const compress = compression.endsWith('gzip')
    ? gzipSync
    : compression === 'deflate'
      ? deflateSync
      : (body: Buffer) => body;
  const headers: Record<string, string> = compression === 'none' ? {} : { 'content-encoding': compression };
  const answer = await post(at, '/v1/traces', type, compress(traces), headers);
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-type']).toBe(isJson ? JSON_TYPE : PROTOBUF);
  expect(at.candidates()).toHaveLength(1);
});

test('requests without an error in them are answered without asking the next stage', async () => {
  const at = receiver({ accept: () => Promise.reject(new Error('must not be asked')) });
  for (const payload of [Buffer.alloc(0), tracesProtobuf(healthySpan), tracesProtobuf()]) {
    expect((await post(at, '/v1/traces', PROTOBUF, payload)).statusCode).toBe(200);
  }
  for (const payload of [
    '{}',
    '{"resourceSpans":[]}',
    '{"resourceSpans":[{}]}',
    JSON.stringify(tracesOf(healthySpan)),
  ]) {
    expect((await post(at, '/v1/traces', JSON_TYPE, Buffer.from(payload))).statusCode).toBe(200);
  }
});

test.each(['', '1234', '[]', 'null', '{', '{"resourceSpans":5}', '{"resourceSpans":[7]}'])(
  'the JSON body %j is answered 400 with a Status in JSON',
  async (body) => {
    const at = receiver();
    const answer = await post(at, '/v1/traces', JSON_TYPE, Buffer.from(body));
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, JSON_TYPE]);
    expect(answer.json()).toMatchObject({ code: 3 });
    expect(at.outcomes).toEqual([
      { companyId: 7, signal: 'traces', outcome: 'rejected', reason: 'malformed', count: 1 },
    ]);
  },
);

test('a JSON field of the wrong shape is named in a BadRequest', async () => {
  const answer = await post(receiver(), '/v1/logs', JSON_TYPE, Buffer.from('{"resourceLogs":{}}'));
  expect(answer.json()).toEqual({
    code: 3,
    message: 'resourceLogs is not an array',
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field: 'resourceLogs', description: 'resourceLogs is not an array' }],
      },
    ],
  });
});

test('a protobuf body that is none is answered 400 with a Status in protobuf', async () => {
  const answer = await post(receiver(), '/v1/traces', PROTOBUF, Buffer.from([0x0a, 0x7f, 0x01]));
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, PROTOBUF]);
  expect(statusOf(answer.rawPayload)).toEqual({
    code: 3,
    message: 'not an OTLP protobuf message: a field is longer than its message',
  });
});

test.each(['gzip', 'deflate'])('%s that is none, or ends in the middle, is answered 400', async (compression) => {
  const at = receiver();
  const compress = compression === 'gzip' ? gzipSync : deflateSync;
  const whole = compress(tracesProtobuf(errorSpan));
  for (const payload of [tracesProtobuf(errorSpan), whole.subarray(0, whole.length - 9), Buffer.alloc(0)]) {
    const answer = await post(at, '/v1/traces', PROTOBUF, payload, { 'content-encoding': compression });
    expect(answer.statusCode).toBe(400);
    expect(statusOf(answer.rawPayload)).toEqual({ code: 3, message: `the body is not ${compression}` });
  }
  expect(at.deliveries).toHaveLength(0);
});

test('all members of a gzip body count', async () => {
  const at = receiver();
  const payload = Buffer.concat([gzipSync(tracesProtobuf(errorSpan)), gzipSync(tracesProtobuf(errorSpan))]);
  expect((await post(at, '/v1/traces', PROTOBUF, payload, { 'content-encoding': 'gzip' })).statusCode).toBe(200);
  expect(at.candidates()).toHaveLength(2);
});

test('zstd is taken where Node has it, and answered 415 where not', async () => {
  const native = zlib as typeof zlib & { readonly zstdCompressSync?: (body: Buffer) => Buffer };
  const at = receiver();
  const body = json(tracesOf(errorSpan));
  const payload = native.zstdCompressSync?.(body) ?? body;
  const answer = await post(at, '/v1/traces', JSON_TYPE, payload, { 'content-encoding': 'zstd' });
  expect(answer.statusCode).toBe(native.zstdCompressSync === undefined ? 415 : 200);
});

test.each([
  ['br', 415],
  ['gzip, gzip', 415],
  ['snappy', 415],
])('Content-Encoding %s is answered %i', async (compression, status) => {
  const answer = await post(receiver(), '/v1/traces', JSON_TYPE, Buffer.from('{}'), {
    'content-encoding': compression,
  });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ code: 3 });
});

test.each(['text/plain', 'application/grpc', '%%', 'application/jsonx'])(
  'Content-Type %s is answered 415 with a Status',
  async (type) => {
    const answer = await post(receiver(), '/v1/traces', type, Buffer.from('{}'));
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([415, JSON_TYPE]);
    expect(answer.json()).toMatchObject({ code: 3 });
  },
);

test('no Content-Type is answered 415', async () => {
  const at = receiver();
  const payload = Buffer.from('{}');
  expect((await at.server.inject({ method: 'POST', url: '/v1/traces', payload })).statusCode).toBe(415);
  expect((await at.server.inject({ method: 'POST', url: '/v1/traces' })).statusCode).toBe(415);
});

test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'] as const)(
  '%s is answered 405 and told what is allowed',
  async (method) => {
    const answer = await receiver().server.inject({ method, url: '/v1/logs' });
    expect([answer.statusCode, answer.headers['allow']]).toEqual([405, 'POST']);
  },
);

test.each(['/v1/metrics', '/v1development/profiles', '/', '/v1/traces/x', '/v1/%ff'])(
  '%s is not served, and the answer is a Status',
  async (url) => {
    const answer = await post(receiver(), url, JSON_TYPE, Buffer.from('{}'));
    expect([404, 400]).toContain(answer.statusCode);
    expect(answer.json()).toMatchObject({ code: expect.any(Number), message: expect.any(String) });
  },
);

test('a body of exactly the limit is taken, one byte more is 413, plain and inflated', async () => {
  const body = json(tracesOf(errorSpan));
  const fits = receiver({ settings: { maxBodyBytes: body.length } });
  expect((await post(fits, '/v1/traces', JSON_TYPE, body)).statusCode).toBe(200);
  const inflated = await post(fits, '/v1/traces', JSON_TYPE, gzipSync(body), { 'content-encoding': 'gzip' });
  expect(inflated.statusCode).toBe(200);
  await fits.stop(1_000);

  const tight = receiver({ settings: { maxBodyBytes: body.length - 1 } });
  expect((await post(tight, '/v1/traces', JSON_TYPE, body)).statusCode).toBe(413);
  const answer = await post(tight, '/v1/traces', JSON_TYPE, gzipSync(body), { 'content-encoding': 'gzip' });
  expect(answer.statusCode).toBe(413);
  expect(answer.json()).toMatchObject({ code: 3 });
  expect(tight.outcomes).toEqual([
    { companyId: 7, signal: 'traces', outcome: 'oversized', reason: 'payload_too_large', count: 1 },
    { companyId: 7, signal: 'traces', outcome: 'oversized', reason: 'payload_too_large', count: 1 },
  ]);
});

test('a gzip bomb is answered 413 and its bytes are given back', async () => {
  const at = receiver();
  const bomb = gzipSync(Buffer.alloc(80_000_000));
  const answer = await post(at, '/v1/traces', PROTOBUF, bomb, { 'content-encoding': 'gzip' });
  expect(answer.statusCode).toBe(413);
  expect(at.metricsText()).toContain('errata_otlp_bytes_in_flight 0');
});

test.each([
  ['STORE_UNAVAILABLE', 503, 14],
  ['OVERLOADED', 503, 14],
  ['STOPPING', 503, 14],
  ['RATE_LIMITED', 429, 8],
] as const)('%s from the next stage is answered %i with Retry-After', async (code, http, grpc) => {
  const at = receiver({ accept: () => Promise.reject(new Failure(code, 'later')) });
  const answer = await post(at, '/v1/traces', PROTOBUF, tracesProtobuf(errorSpan));
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([http, '1']);
  expect(statusOf(answer.rawPayload)).toEqual({ code: grpc, message: 'later' });
});

test.each([new Error('bug'), new Failure('INTERNAL', 'bug'), new Failure('STORE_TAKEN', 'bug')])(
  'whatever else the next stage throws (%s) is answered 503, so that the sender keeps the data',
  async (failure) => {
    const at = receiver({ accept: () => Promise.reject(failure) });
    const answer = await post(at, '/v1/logs', JSON_TYPE, json(logsOf(errorLog)));
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    expect(answer.json()).toEqual({ code: 14, message: 'the errors could not be stored; send them again' });
  },
);

test('records that are bad for good are told as partial success, in both encodings', async () => {
  const at = receiver({ accept: () => Promise.resolve({ rejected: 300, message: 'no such company' }) });
  const spans = await post(at, '/v1/traces', PROTOBUF, tracesProtobuf(errorSpan));
  expect(spans.statusCode).toBe(200);
  expect(exportResponse.toObject(exportResponse.decode(spans.rawPayload), { longs: Number })).toEqual({
    partialSuccess: { rejected: 300, errorMessage: 'no such company' },
  });
  const logs = await post(at, '/v1/logs', JSON_TYPE, json(logsOf(errorLog)));
  expect(logs.json()).toEqual({ partialSuccess: { rejectedLogRecords: '300', errorMessage: 'no such company' } });
});

test('one undecodable JSON record is rejected, the others go on', async () => {
  const at = receiver();
  const answer = await post(
    at,
    '/v1/traces',
    JSON_TYPE,
    json(tracesOf({ ...errorSpan, attributes: { key: 1 } }, errorSpan)),
  );
  expect(answer.json()).toEqual({
    partialSuccess: { rejectedSpans: '1', errorMessage: 'attributes is not an array' },
  });
  expect(at.candidates()).toHaveLength(1);
  expect(at.outcomes).toEqual([
    { companyId: 7, signal: 'traces', outcome: 'rejected', reason: 'undecodable', count: 1 },
  ]);
});

test('without a token 401, without the scope 403, with both 200', async () => {
  const at = receiver({ authenticate: authenticateTest });
  const send = async (authorization: Record<string, string>) =>
    (await post(at, '/v1/traces', JSON_TYPE, json(tracesOf(errorSpan)), authorization)).statusCode;
  expect(await send({})).toBe(401);
  expect(await send({ authorization: 'Bearer wrong' })).toBe(401);
  expect(await send({ authorization: 'Bearer reader' })).toBe(403);
  expect(at.deliveries).toHaveLength(0);
  expect(await send({ authorization: 'Bearer good' })).toBe(200);
  expect(at.outcomes.map(({ companyId, reason }) => [companyId, reason])).toEqual([
    [0, 'unauthenticated'],
    [0, 'unauthenticated'],
    [7, 'forbidden'],
  ]);
});

test('a sender over its rate is answered 429 with Retry-After, and counted', async () => {
  const seen: number[] = [];
  const at = receiver({
    admit: (_principal, bytes) => {
      seen.push(bytes);
      throw new Failure('RATE_LIMITED', 'slower');
    },
  });
  const body = json(tracesOf(errorSpan));
  const answer = await post(at, '/v1/traces', JSON_TYPE, body);
  expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, '1']);
  expect(answer.json()).toEqual({ code: 8, message: 'slower' });
  expect(seen).toEqual([body.length]);
  expect(at.outcomes).toEqual([
    { companyId: 7, signal: 'traces', outcome: 'limited', reason: 'rate_limited', count: 1 },
  ]);
});

test('past the bytes in flight a request is answered 503, and finds room when the others are done', async () => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const at = receiver({
    settings: { maxBytesInFlight: 50_000 },
    accept: async () => {
      await held;
      return { rejected: 0 };
    },
  });
  const body = json(tracesOf({ ...errorSpan, name: 'x'.repeat(20_000) }));
  const gzip = { 'content-encoding': 'gzip' };
  const first = post(at, '/v1/traces', JSON_TYPE, body);
  const second = post(at, '/v1/traces', JSON_TYPE, gzipSync(body), gzip);
  while (!at.metricsText().includes('errata_otlp_bytes_in_flight 4')) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  const third = await post(at, '/v1/traces', JSON_TYPE, body);
  expect([third.statusCode, third.headers['retry-after']]).toEqual([503, '1']);
  expect((await post(at, '/v1/traces', JSON_TYPE, gzipSync(body), gzip)).statusCode).toBe(503);
  release();
  expect([(await first).statusCode, (await second).statusCode]).toEqual([200, 200]);
  expect(at.metricsText()).toContain('errata_otlp_bytes_in_flight 0');
  expect((await post(at, '/v1/traces', JSON_TYPE, body)).statusCode).toBe(200);
  expect(at.outcomes.map(({ outcome, reason }) => [outcome, reason])).toEqual([
    ['limited', 'overloaded'],
    ['limited', 'overloaded'],
  ]);
});

test('a body that would never fit in what may be in flight is answered 413', async () => {
  const at = receiver({ settings: { maxBytesInFlight: 10_000 } });
  const body = json(tracesOf({ ...errorSpan, name: 'x'.repeat(6_000) }));
  expect((await post(at, '/v1/traces', JSON_TYPE, body)).statusCode).toBe(413);
});

test('CORS is off by default, and answers configured origins when on', async () => {
  const preflight = { origin: 'https://shop.example.com', 'access-control-request-method': 'POST' };
  const off = await receiver().server.inject({ method: 'OPTIONS', url: '/v1/traces', headers: preflight });
  expect([off.statusCode, off.headers['access-control-allow-origin']]).toEqual([405, undefined]);
  await open?.stop(1_000);

  const at = receiver({ settings: { corsOrigins: ['https://*.example.com'] } });
  const allowed = await at.server.inject({ method: 'OPTIONS', url: '/v1/traces', headers: preflight });
  expect(allowed.statusCode).toBe(204);
  expect(allowed.headers).toMatchObject({
    'access-control-allow-origin': 'https://shop.example.com',
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': 'authorization, content-encoding, content-type',
    'access-control-max-age': '7200',
    vary: 'Origin',
  });
  const sent = await post(at, '/v1/traces', JSON_TYPE, json(tracesOf(errorSpan)), { origin: preflight.origin });
  expect(sent.headers['access-control-allow-origin']).toBe('https://shop.example.com');
  const other = await post(at, '/v1/traces', JSON_TYPE, Buffer.from('{}'), { origin: 'https://example.org' });
  expect(other.headers['access-control-allow-origin']).toBeUndefined();
});

test('without tokens no page of another site may send, unless its origin is configured', async () => {
  const local = () =>
    ({ tokenId: 'local', name: 'local', company: '*', scopes: new Set(['ingest'] as const) }) as const;
  const send = (at: TestReceiver, origin: string) =>
    post(at, '/v1/traces', JSON_TYPE, json(tracesOf(errorSpan)), { origin });
  const at = receiver({ authenticate: local, settings: { corsOrigins: ['https://shop.example.com'] } });
  expect((await send(at, 'http://rebound.example:4318')).statusCode).toBe(403);
  expect((await send(at, 'null')).statusCode).toBe(403);
  expect(at.deliveries).toHaveLength(0);
  expect((await send(at, 'https://shop.example.com')).statusCode).toBe(200);
  expect((await send(at, 'http://localhost:5173')).statusCode).toBe(200);
});

test('the BadRequest of a protobuf Status can be read by a gRPC library', async () => {
  const { failureBody } = await import('../../src/ingest/export-response.ts');
  const body = failureBody(new Failure('MALFORMED', 'spans is not an array', { field: 'spans' }), 'protobuf');
  const status = rpcStatus.toObject(rpcStatus.decode(body)) as { details: { typeUrl: string; value: Uint8Array }[] };
  expect(status.details[0]?.typeUrl).toBe('type.googleapis.com/google.rpc.BadRequest');
  expect(badRequest.toObject(badRequest.decode(status.details[0]?.value ?? new Uint8Array()))).toEqual({
    fieldViolations: [{ field: 'spans', description: 'spans is not an array' }],
  });
});

test('requests are counted by signal and status', async () => {
  const at = receiver();
  await post(at, '/v1/logs', PROTOBUF, logsProtobuf(errorLog));
  await post(at, '/v1/logs', JSON_TYPE, Buffer.from('{'));
  expect(at.metricsText()).toContain('errata_otlp_requests_total{signal="logs",status="200"} 1');
  expect(at.metricsText()).toContain('errata_otlp_requests_total{signal="logs",status="400"} 1');
});
