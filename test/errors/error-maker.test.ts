import { expect, test } from 'vitest';
import { createErrorMaker } from '../../src/errors/error-maker.ts';
import type { ErrorMakerSettings } from '../../src/errors/error-maker.ts';
import type { ErrorEvent } from '../../src/errors/error-event.ts';
import type { AttributeValue, Candidate } from '../../src/ingest/candidate.ts';
import {
  attributes,
  delivery,
  exceptionEvent,
  forwarder,
  log,
  NOW_MS,
  NOW_NS,
  shopResource,
  span,
} from './candidates.ts';

function only(candidate: Candidate, settings: ErrorMakerSettings = {}): ErrorEvent {
  const { events } = createErrorMaker(settings).fromDelivery(delivery([candidate]), NOW_MS);
  expect(events).toHaveLength(1);
  return events[0] as ErrorEvent;
}

function logWith(members: Record<string, AttributeValue>): Candidate {
  return log({ body: 'boom', attributes: attributes(members) });
}

test('a span event fills every column', () => {
  const event = only(
    span({
      exceptions: [
        exceptionEvent({
          'exception.type': 'TypeError',
          'exception.message': 'x is not a function',
          'exception.stacktrace': 'TypeError: x is not a function\n    at buy (/app/src/cart.js:1:2)',
        }),
      ],
      attributes: attributes({ 'http.request.method': 'GET', 'http.response.status_code': 500 }),
    }),
  );
  expect(event).toEqual({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    companyId: 7,
    timestampMs: NOW_MS,
    service: 'shop',
    severity: 'error',
    errorType: 'unhandled_exception',
    message: 'x is not a function',
    details: {
      'http.request.method': 'GET',
      'http.response.status_code': 500,
      'span.name': 'GET /orders/:id',
      'span.kind': 'server',
      'telemetry.sdk.language': 'nodejs',
    },
    stackTrace: 'TypeError: x is not a function\n    at buy (/app/src/cart.js:1:2)',
    exceptionType: 'TypeError',
    handled: false,
    environment: 'production',
    release: '1.4.2',
    host: 'node-3',
    containerId: 'c0ffee',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    source: 'span_event',
    fingerprint: event.grouping.strict,
    grouping: {
      version: 'fp1',
      kind: 'stack',
      service: 'shop',
      rootType: 'TypeError',
      outerType: '',
      frames: ['src/cart.js|buy'],
      template: 'x is not a function',
      strict: expect.stringMatching(/^[0-9a-f]{32}$/),
      loose: expect.stringMatching(/^[0-9a-f]{32}$/),
    },
    richness: 15,
  });
});

test.each([
  [1, '', 'info', true],
  [12, '', 'info', true],
  [13, '', 'warning', true],
  [16, '', 'warning', true],
  [17, '', 'error', false],
  [20, '', 'error', false],
  [21, '', 'critical', false],
  [24, '', 'critical', false],
  [0, 'WARNING', 'warning', true],
  [0, 'Fatal', 'critical', false],
  [0, 'ERROR', 'error', false],
  [0, '', 'error', false],
  [99, 'info', 'info', true],
] as const)('log severity %i "%s" is %s, handled %s', (severityNumber, severityText, severity, handled) => {
  expect(only(log({ severityNumber, severityText, body: 'boom' }))).toMatchObject({ severity, handled });
});

test('the capture library says severity, type, handled and details itself', () => {
  const event = only(
    logWith({
      'errata.severity': 'critical',
      'errata.error_type': 'health_check_failed',
      'errata.handled': true,
      'errata.details': '{"service_name":"PostgreSQL","port":5432,"nested":{"a":[1,null]}}',
    }),
  );
  expect(event).toMatchObject({
    severity: 'critical',
    errorType: 'health_check_failed',
    handled: true,
    details: { service_name: 'PostgreSQL', port: 5432, nested: { a: [1, null] } },
  });
});

test('words that are no severity and no type are ignored; a plain severity only raises to critical', () => {
  expect(only(logWith({ 'errata.severity': 'huge', 'errata.error_type': 'odd' }))).toMatchObject({
    severity: 'error',
    errorType: 'other',
  });
  expect(only(logWith({ severity: 'fatal' })).severity).toBe('critical');
  expect(only(logWith({ severity: 'info' })).severity).toBe('error');
});

test('handled follows exception.escaped, and a span that did not fail handled its exceptions', () => {
  const caught = [exceptionEvent({ 'exception.type': 'E', 'exception.escaped': 'false' })];
  expect(only(span({ exceptions: caught })).handled).toBe(true);
  expect(only(span({ statusCode: 0, exceptions: [exceptionEvent({ 'exception.type': 'E' })] })).handled).toBe(true);
  expect(only(span({ exceptions: [exceptionEvent({ 'exception.type': 'E' })] })).handled).toBe(false);
});

test('different exceptions of one span are different errors, and its status adds none', () => {
  const made = createErrorMaker().fromDelivery(
    delivery([
      span({
        statusMessage: 'it all failed',
        exceptions: [
          exceptionEvent({ 'exception.type': 'A', 'exception.message': 'first' }),
          exceptionEvent({ 'exception.type': 'B', 'exception.message': 'second' }),
        ],
      }),
    ]),
    NOW_MS,
  );
  expect(made.events.map(({ message }) => message)).toEqual(['first', 'second']);
});

test('error.type with error.message on a span is its exception', () => {
  const event = only(span({ attributes: attributes({ 'error.type': 'TimeoutError', 'error.message': 'too late' }) }));
  expect(event).toMatchObject({ source: 'span_attributes', exceptionType: 'TimeoutError', message: 'too late' });
});

test.each([
  ['404 on a server span', span({ attributes: attributes({ 'http.response.status_code': 404 }) })],
  ['old attribute, client span', span({ spanKind: 3, attributes: attributes({ 'http.status_code': 422 }) })],
  [
    'the code as error.type',
    span({ attributes: attributes({ 'http.response.status_code': 404, 'error.type': '404' }) }),
  ],
  [
    'the reason phrase',
    span({ statusMessage: 'Not Found', attributes: attributes({ 'http.response.status_code': 404 }) }),
  ],
])('nothing but a 4xx is no error: %s', (_, candidate) => {
  expect(createErrorMaker().fromDelivery(delivery([candidate]), NOW_MS)).toMatchObject({
    events: [],
    ignored: 1,
    folded: 0,
  });
});

test.each([
  ['a message', span({ statusMessage: 'quota used up', attributes: attributes({ 'http.response.status_code': 404 }) })],
  ['a 500', span({ attributes: attributes({ 'http.response.status_code': 500 }) })],
  ['an internal span', span({ spanKind: 1, attributes: attributes({ 'http.response.status_code': 404 }) })],
  ['a type', span({ attributes: attributes({ 'http.response.status_code': 404, 'error.type': 'NoRoute' }) })],
])('%s makes an ERROR status an error', (_, candidate) => {
  expect(only(candidate).source).toBe('span_status');
});

test('a bare 500 says so, and two routes stay apart', () => {
  const bare = (name: string): Candidate =>
    span({ name, attributes: attributes({ 'http.response.status_code': 500 }) });
  const one = only(bare('GET /orders/:id'));
  expect(one).toMatchObject({ message: 'HTTP 500', errorType: 'api_error', exceptionType: '' });
  expect(one.grouping).toMatchObject({ kind: 'location', frames: ['|GET /orders/:id'] });
  expect(only(bare('GET /carts/:id')).fingerprint).not.toBe(one.fingerprint);
});

test('bare statuses above an exception are the same failure: folded, within and across deliveries', () => {
  const maker = createErrorMaker();
  const failing = span({
    spanId: 'cc',
    parentSpanId: 'bb',
    exceptions: [exceptionEvent({ 'exception.message': 'boom' })],
  });
  const middle = span({ spanId: 'bb', parentSpanId: 'aa', spanKind: 1, statusMessage: 'child failed' });
  const top = span({ spanId: 'aa', parentSpanId: '', statusMessage: 'request failed' });

  const together = maker.fromDelivery(delivery([top, middle, failing]), NOW_MS);
  expect(together).toMatchObject({ folded: 2, duplicates: 0 });
  expect(together.events.map(({ message }) => message)).toEqual(['boom']);

  // Not durable yet: nothing may be folded into it.
  expect(maker.fromDelivery(delivery([middle]), NOW_MS)).toMatchObject({ folded: 0 });
  maker.remember(maker.fromDelivery(delivery([failing]), NOW_MS));
  const later = maker.fromDelivery(delivery([middle]), NOW_MS);
  expect(later).toMatchObject({ folded: 1, events: [] });
  maker.remember(later);
  expect(maker.fromDelivery(delivery([top]), NOW_MS)).toMatchObject({ folded: 1, events: [] });
});

test('a log with an exception explains the bare status of its own span, a mere error line does not', () => {
  const status = span({ spanId: 'cc', statusMessage: 'request failed' });
  const exception = log({
    spanId: 'cc',
    attributes: attributes({ 'exception.type': 'E', 'exception.message': 'boom' }),
  });
  const words = log({ spanId: 'cc', body: 'cache is cold' });
  expect(createErrorMaker().fromDelivery(delivery([status, exception]), NOW_MS)).toMatchObject({ folded: 1 });
  expect(createErrorMaker().fromDelivery(delivery([status, words]), NOW_MS)).toMatchObject({ folded: 0 });
});

test("another company's trace never hides an error", () => {
  const inCompany = (id: number): Candidate['resource'] => attributes({ 'service.name': 'shop', 'company.id': id });
  const foreign = span({
    resource: inCompany(2),
    spanId: 'cc',
    parentSpanId: 'bb',
    exceptions: [exceptionEvent({ 'exception.message': 'x' })],
  });
  const own = span({ resource: inCompany(1), spanId: 'bb', statusMessage: 'request failed' });
  const made = createErrorMaker().fromDelivery(delivery([foreign, own], forwarder), NOW_MS);
  expect(made.folded).toBe(0);
  expect(made.events.map(({ companyId }) => companyId)).toEqual(expect.arrayContaining([1, 2]));
});

const MINUTE_NS = NOW_NS - 30_000_000_000n; // NOW is the middle of a minute

test('twins on both sides of a minute meet, in either order, at once and one after the other', () => {
  const before = log({ body: 'boom', timeUnixNano: MINUTE_NS - 100_000_000n });
  const after = span({ statusMessage: 'boom', endTimeUnixNano: MINUTE_NS + 200_000_000n });
  for (const candidates of [
    [before, after],
    [after, before],
  ]) {
    expect(createErrorMaker().fromDelivery(delivery(candidates), NOW_MS)).toMatchObject({ duplicates: 1 });
    const maker = createErrorMaker();
    const ids = candidates.map((candidate) => {
      const made = maker.fromDelivery(delivery([candidate]), NOW_MS);
      maker.remember(made);
      return made.events[0]?.id;
    });
    expect(new Set(ids).size).toBe(1);
  }
});

test('the same message a minute later in the same trace is another occurrence', () => {
  const one = log({ body: 'boom' });
  const next = log({ body: 'boom', timeUnixNano: NOW_NS + 60_000_000_000n });
  expect(createErrorMaker().fromDelivery(delivery([one, next]), NOW_MS).events).toHaveLength(2);
});

test('without a trace only what is identical to the nanosecond is one occurrence', () => {
  const at = (timeUnixNano: bigint, scopeName = 'a'): Candidate =>
    log({ traceId: '', spanId: '', body: 'boom', timeUnixNano, scopeName });
  const made = createErrorMaker().fromDelivery(
    delivery([at(NOW_NS), at(NOW_NS), at(NOW_NS + 1n), at(NOW_NS, 'b')]),
    NOW_MS,
  );
  expect(made.events).toHaveLength(3);
  expect(made.duplicates).toBe(1);
});

test('500 different failures of one batch trace are 500 errors', () => {
  const many = Array.from({ length: 500 }, (_, index) => log({ body: `row ${index} is invalid` }));
  expect(createErrorMaker().fromDelivery(delivery(many), NOW_MS).events).toHaveLength(500);
});

test.each([
  ['0', 0n, NOW_MS],
  ['in 2100', 4_102_444_800_000_000_000n, NOW_MS + 600_000],
  ['in 1971', 31_536_000_000_000_000n, NOW_MS],
  ['29 days old', NOW_NS - 2_505_600_000_000_000n, NOW_MS - 29 * 86_400_000],
  ['five minutes ahead', NOW_NS + 300_000_000_000n, NOW_MS + 300_000],
])('a timestamp %s is clamped', (_, timeUnixNano, timestampMs) => {
  expect(only(log({ body: 'boom', timeUnixNano, observedTimeUnixNano: 0n })).timestampMs).toBe(timestampMs);
});

test('a log without time has the time it was observed', () => {
  const event = only(log({ body: 'boom', timeUnixNano: 0n, observedTimeUnixNano: NOW_NS - 5_000_000_000n }));
  expect(event.timestampMs).toBe(NOW_MS - 5_000);
});

test('a time so far ahead that it may have been moved when it first came says so', () => {
  expect(only(log({ body: 'boom', timeUnixNano: NOW_NS + 540_000_000_000n })).timeMoves).toBe(true);
  expect(only(log({ body: 'boom', timeUnixNano: NOW_NS + 1_000_000_000n }))).not.toHaveProperty('timeMoves');
});

test('what is older than the retention is kept as of now, and says that its time moved', () => {
  const eightDaysOld = log({ body: 'boom', timeUnixNano: NOW_NS - 691_200_000_000_000n });
  expect(only(eightDaysOld, { retentionDays: 7 })).toMatchObject({ timestampMs: NOW_MS, timeMoves: true });
  expect(only(eightDaysOld, { retentionDays: 9 })).toMatchObject({ timestampMs: NOW_MS - 691_200_000 });
  expect(only(eightDaysOld, { retentionDays: 9 })).not.toHaveProperty('timeMoves');
});

test.each<[AttributeValue, number | undefined]>([
  [12, 12],
  ['12', 12],
  [undefined, 1],
  [4_294_967_295, 4_294_967_295],
  [4_294_967_296, undefined],
  [0, undefined],
  [-1, undefined],
  [1.5, undefined],
  ['acme', undefined],
])('a forwarder with company.id %s', (companyId, expected) => {
  const resource = new Map([...shopResource, ...(companyId === undefined ? [] : [['company.id', companyId] as const])]);
  const made = createErrorMaker().fromDelivery(delivery([log({ resource, body: 'boom' })], forwarder), NOW_MS);
  expect(made.events[0]?.companyId).toBe(expected);
  expect(made.rejected).toBe(expected === undefined ? 1 : 0);
  expect(made.rejectedReason).toBe(
    expected === undefined ? 'company.id is not a whole number between 1 and 4294967295' : undefined,
  );
});

test("a company's own token decides, whatever company.id says", () => {
  const resource = attributes({ 'service.name': 'shop', 'company.id': 'nonsense' });
  expect(only(log({ resource, body: 'boom' })).companyId).toBe(7);
});

test('who does not say its name is unknown_service; a pod is a host', () => {
  const event = only(
    log({ resource: attributes({ 'k8s.pod.name': 'shop-1', 'deployment.environment': 'qa' }), body: 'boom' }),
  );
  expect(event).toMatchObject({ service: 'unknown_service', host: 'shop-1', environment: 'qa' });
});

test('secrets are gone before anything is hashed, grouped or stored', () => {
  const withSecret = (secret: string): Candidate =>
    log({
      attributes: attributes({
        'exception.type': 'AuthFailed',
        'exception.message': `login of ann@example.com failed: password=${secret}`,
        'exception.stacktrace': `AuthFailed: login of ann@example.com failed: password=${secret}\n    at login (/app/a.js:1:2)`,
        'http.request.header.authorization': `Bearer ${secret}`,
        'db.connection_string': `postgres://app:${secret}@db/shop`,
      }),
    });
  const one = only(withSecret('hunter2'));
  expect(JSON.stringify(one)).not.toContain('hunter2');
  expect(one).toMatchObject({
    message: 'login of [email] failed: password=[secret]',
    stackTrace: 'AuthFailed: login of [email] failed: password=[secret]\n    at login (/app/a.js:1:2)',
    details: {
      'http.request.header.authorization': '[secret]',
      'db.connection_string': 'postgres://app:[secret]@db/shop',
    },
  });
  const other = only(withSecret('swordfish'));
  expect([other.id, other.fingerprint]).toEqual([one.id, one.fingerprint]);
});

test('the sender may choose the fingerprint, also around the default one', () => {
  const chosen = (value: AttributeValue): ErrorEvent => only(logWith({ 'error.fingerprint': value }));
  expect(chosen('payments').fingerprint).toBe(chosen(['payments']).fingerprint);
  expect(chosen('payments').grouping.kind).toBe('custom');
  expect(chosen('refunds').fingerprint).not.toBe(chosen('payments').fingerprint);
  expect(chosen(['{{default}}', 'eu']).fingerprint).not.toBe(chosen(['{{default}}', 'us']).fingerprint);
});

test('a report becomes an error of source api with an id of its own', () => {
  const event = createErrorMaker().fromReport(
    {
      service: 'mcp-server',
      severity: 'error',
      message: 'PostgreSQL health check failed',
      details: { service_name: 'PostgreSQL', port: 5432, password: 'x' },
    },
    { companyId: 3, nowMs: NOW_MS, newId: () => '00000000-0000-4000-8000-000000000001' },
  );
  expect(event).toMatchObject({
    id: '00000000-0000-4000-8000-000000000001',
    companyId: 3,
    timestampMs: NOW_MS,
    service: 'mcp-server',
    severity: 'error',
    errorType: 'health_check_failed',
    message: 'PostgreSQL health check failed',
    details: { service_name: 'PostgreSQL', port: 5432, password: '[secret]' },
    source: 'api',
  });
});

test('a report of an exception that OpenTelemetry sent as well has the same id', () => {
  const maker = createErrorMaker();
  const sent = only(log({ body: 'boom' }));
  const report = {
    service: 'shop',
    severity: 'error',
    message: 'boom',
    traceId: sent.traceId,
    timestampMs: NOW_MS,
  } as const;
  const event = maker.fromReport(report, { companyId: 7, nowMs: NOW_MS, newId: () => 'unused' });
  expect(event.id).toBe(sent.id);
});

test('groups that reports open are handed on with the next delivery, until they were remembered', () => {
  const maker = createErrorMaker();
  const reports = Array.from({ length: 26 }, (_, index) =>
    maker.fromReport(
      { service: 'shop', severity: 'error', message: `cannot load the plugin ${'x'.repeat(index + 3)}` },
      { companyId: 7, nowMs: NOW_MS, newId: () => `report ${index}` },
    ),
  );
  const loose = reports[25]?.grouping.loose;
  expect(reports[25]?.fingerprint).toBe(loose);
  const next = maker.fromDelivery(delivery([log({ body: 'boom' })]), NOW_MS);
  expect(next.opened).toEqual([{ companyId: 7, loose, strict: reports.map(({ grouping }) => grouping.strict) }]);
  expect(maker.fromDelivery(delivery([log({ body: 'boom' })]), NOW_MS).opened).toHaveLength(1);
  maker.remember(next);
  expect(maker.fromDelivery(delivery([log({ body: 'boom' })]), NOW_MS).opened).toEqual([]);
});
