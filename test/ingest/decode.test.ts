// The edges of both encodings, one by one; the broad comparison is in test/fuzz.
import { expect, test } from 'vitest';
import type { Candidate } from '../../src/ingest/candidate.ts';
import { decodeJsonLogs, decodeJsonSpans } from '../../src/ingest/decode-json.ts';
import { walkLogs } from '../../src/ingest/walk-logs.ts';
import { walkSpans } from '../../src/ingest/walk-spans.ts';
import {
  attribute,
  errorLog,
  errorSpan,
  exceptionEvent,
  healthySpan,
  json,
  logsOf,
  logsProtobuf,
  tracesOf,
  tracesProtobuf,
} from './samples.ts';

const SELECTION = { logThreshold: 13 };

/** In both encodings, which must agree. */
function spans(...records: readonly object[]): readonly Candidate[] {
  const { candidates } = walkSpans(tracesProtobuf(...records));
  expect(decodeJsonSpans(json(tracesOf(...records))).candidates).toEqual(candidates);
  return candidates;
}

function logs(...records: readonly object[]): readonly Candidate[] {
  const { candidates } = walkLogs(logsProtobuf(...records), SELECTION);
  expect(decodeJsonLogs(json(logsOf(...records)), SELECTION).candidates).toEqual(candidates);
  return candidates;
}

function onlyLog(record: object): Candidate {
  const [log] = logs(record);
  if (log === undefined) throw new Error('the record was not chosen');
  return log;
}

function bodyOf(text: string): unknown {
  const [log] = decodeJsonLogs(Buffer.from(text), SELECTION).candidates;
  return log?.kind === 'log' ? log.body : undefined;
}

const quiet = { ...errorLog, severityNumber: 9, severityText: 'INFO' };
const unnumbered = { ...errorLog, severityNumber: 0 };

test.each([
  ['an ERROR status', { ...healthySpan, status: { code: 2 } }],
  ['an exception event', { ...healthySpan, events: [{ name: 'exception' }] }],
  ['a domain exception event', { ...healthySpan, events: [{ name: 'db.client.operation.exception' }] }],
  ['an event with exception attributes', { ...healthySpan, events: [{ ...exceptionEvent, name: 'oops' }] }],
  ['exception.type of its own', { ...healthySpan, attributes: [attribute('exception.type', 'E')] }],
  ['exception.message of its own', { ...healthySpan, attributes: [attribute('exception.message', 'E')] }],
  ['exception.stacktrace of its own', { ...healthySpan, attributes: [attribute('exception.stacktrace', 'E')] }],
])('a span with %s is an error', (_, span) => {
  expect(spans(span)).toHaveLength(1);
});

test.each([
  ['status OK', healthySpan],
  ['status unset', { ...healthySpan, status: {} }],
  ['an event that only ends alike', { ...healthySpan, events: [{ name: 'myexception' }] }],
  ['exception.escaped alone', { ...healthySpan, attributes: [attribute('exception.escaped', 'true')] }],
])('a span with %s is none', (_, span) => {
  expect(spans(span)).toHaveLength(0);
});

test('of the events only those that report an exception go on', () => {
  const [span] = spans({
    ...errorSpan,
    events: [{ name: 'retry' }, exceptionEvent, { name: 'rpc.client.call.exception' }],
  });
  expect(span?.kind === 'span' && span.exceptions.map((event) => event.name)).toEqual([
    'exception',
    'rpc.client.call.exception',
  ]);
});

test.each([
  ['WARN', { ...errorLog, severityNumber: 13 }],
  ['FATAL4', { ...errorLog, severityNumber: 24 }],
  ...[
    'err',
    'ERROR',
    'Fatal',
    'crit',
    'CRITICAL',
    'emerg',
    'alert',
    'panic',
    'severe',
    'warn',
    'Warning',
    'ERROR2',
  ].map((severityText): [string, object] => [`only the text ${severityText}`, { ...unnumbered, severityText }]),
  ['INFO and exception attributes', { ...quiet, attributes: [attribute('exception.type', 'E')] }],
  ['INFO and an exception event name', { ...quiet, eventName: 'http.server.request.exception' }],
  ['INFO and the old event.name', { ...quiet, attributes: [attribute('event.name', 'exception')] }],
])('a log record with %s is an error', (_, record) => {
  expect(logs(record)).toHaveLength(1);
});

test.each([
  ['INFO4', { ...errorLog, severityNumber: 12 }],
  ['INFO whose text says error', { ...quiet, severityText: 'ERROR' }],
  ['no severity at all', { ...unnumbered, severityText: '' }],
  ['only the text info', { ...unnumbered, severityText: 'info' }],
  ['another event name', { ...quiet, eventName: 'exceptional' }],
])('a log record with %s is none', (_, record) => {
  expect(logs(record)).toHaveLength(0);
});

test('the threshold is a setting', () => {
  const warning = logsProtobuf({ ...errorLog, severityNumber: 13 }, { ...unnumbered, severityText: 'warn' });
  expect(walkLogs(warning, { logThreshold: 17 }).candidates).toHaveLength(0);
  expect(walkLogs(logsProtobuf({ ...unnumbered, severityText: 'info' }), { logThreshold: 9 }).candidates).toHaveLength(
    1,
  );
});

test('candidates of one resource share one Map', () => {
  const [first, second] = walkSpans(tracesProtobuf(errorSpan, errorSpan)).candidates;
  expect(first?.resource).toBe(second?.resource);
});

test('values of every kind', () => {
  const values = [
    { stringValue: 'é' },
    { boolValue: false },
    { intValue: '9007199254740993' },
    { intValue: '-9223372036854775808' },
    { intValue: '42' },
    { doubleValue: 0.5 },
    { bytesValue: '+/8=' },
    {},
    { kvlistValue: { values: [{ key: '__proto__', value: { intValue: '1' } }] } },
  ];
  const log = onlyLog({ ...errorLog, body: { arrayValue: { values } } });
  expect(log.kind === 'log' && log.body).toEqual([
    'é',
    false,
    9007199254740993n,
    -9223372036854775808n,
    42,
    0.5,
    new Uint8Array([251, 255]),
    undefined,
    Object.fromEntries([['__proto__', 1]]),
  ]);
});

test('a long text is cut on the edge of a character, with a mark; a stack may be four times as long', () => {
  const long = `a${'é'.repeat(40_000)}`;
  const stack = 's'.repeat(300_000);
  const log = onlyLog({
    ...errorLog,
    body: { stringValue: long },
    attributes: [attribute('exception.stacktrace', stack), attribute('short', 'x'.repeat(65_536))],
  });
  expect(log.kind === 'log' && log.body).toBe(`a${'é'.repeat(32_767)}…[cut]`);
  expect(log.attributes.get('exception.stacktrace')).toBe(`${'s'.repeat(262_144)}…[cut]`);
  expect(log.attributes.get('short')).toBe('x'.repeat(65_536));
});

test('of 100,000 attributes 256 are kept, and the exception wherever it stands', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => attribute(`k${index}`, 'v'));
  const log = onlyLog({ ...errorLog, attributes: [...many, attribute('exception.type', 'TypeError')] });
  expect(log.attributes.size).toBe(257);
  expect(log.attributes.get('exception.type')).toBe('TypeError');
});

test('of a repeated attribute the last counts', () => {
  const log = onlyLog({ ...errorLog, attributes: [attribute('a', '1'), attribute('a', '2')] });
  expect([...log.attributes]).toEqual([['a', '2']]);
});

test('values nested deeper than 32 are cut, at any depth', () => {
  let value: object = { stringValue: 'deep' };
  for (let depth = 0; depth < 40; depth++) value = { arrayValue: { values: [value] } };
  const log = onlyLog({ ...errorLog, body: value });
  const text = log.kind === 'log' ? JSON.stringify(log.body) : '';
  expect(text).toBe(`${'['.repeat(32)}"…[cut]"${']'.repeat(32)}`);
});

test('a value nested 10,000 deep does not overflow the stack', () => {
  let value = Buffer.from([0x18, 1]);
  const delimited = (tag: number, content: Buffer) => {
    const { length } = content;
    const size = [(length & 0x7f) | 0x80, ((length >> 7) & 0x7f) | 0x80, length >> 14];
    return Buffer.concat([Buffer.from([tag, ...size]), content]);
  };
  for (let depth = 0; depth < 10_000; depth++) value = delimited(0x2a, delimited(0x0a, value));
  const log = Buffer.concat([Buffer.from([0x10, 17]), delimited(0x2a, value)]);
  const [candidate] = walkLogs(delimited(0x0a, delimited(0x12, delimited(0x12, log))), SELECTION).candidates;
  expect(candidate?.kind === 'log' && JSON.stringify(candidate.body)).toContain('"…[cut]"');
});

test('ids of another length, or of zeros, are none', () => {
  const [span] = spans({ ...errorSpan, traceId: '00'.repeat(16), spanId: 'abcd', parentSpanId: '' });
  expect(span).toMatchObject({ traceId: '', spanId: '', parentSpanId: '' });
});

test('hex ids in JSON may be written in capitals', () => {
  const [span] = decodeJsonSpans(json(tracesOf({ ...errorSpan, spanId: 'EEE19B7EC3C1B174' }))).candidates;
  expect(span).toMatchObject({ spanId: 'eee19b7ec3c1b174' });
});

test.each([
  ['{"intValue":9007199254740993}', 9007199254740993n],
  ['{"intValue":-9223372036854775808}', -9223372036854775808n],
  ['{"intValue":"12"}', 12],
  ['{"intValue":12}', 12],
  ['{"intValue":1.5}', undefined],
  ['{"intValue":99999999999999999999}', undefined],
  ['{"doubleValue":"NaN"}', Number.NaN],
  ['{"doubleValue":"-Infinity"}', Number.NEGATIVE_INFINITY],
  ['{"doubleValue":12345678901234567890}', 12345678901234567000],
  ['{"doubleValue":0.12345678901234567890}', 0.12345678901234568],
  [
    '{"stringValue":"id: 12345678901234567890, \\"x\\": 12345678901234567890"}',
    'id: 12345678901234567890, "x": 12345678901234567890',
  ],
  ['{"stringValue":"\\ud800!"}', '\ufffd!'],
  ['{"unknown":[12345678901234567890],"boolValue":true}', true],
])('the JSON value %s is read exactly', (value, expected) => {
  const text = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":17,"body":${value}}]}]}]}`;
  expect(bodyOf(text)).toEqual(expected);
});

test('nanoseconds given as JSON numbers keep their last digits', () => {
  const text =
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":17,"timeUnixNano":1760000000123456789}]}]}]}';
  expect(decodeJsonLogs(Buffer.from(text), SELECTION).candidates[0]).toMatchObject({
    timeUnixNano: 1760000000123456789n,
  });
});

test('enums by name are let pass; snake_case names are unknown fields', () => {
  const named = { ...healthySpan, kind: 'SPAN_KIND_SERVER', status: { code: 'STATUS_CODE_ERROR' } };
  expect(decodeJsonSpans(json(tracesOf(named))).candidates[0]).toMatchObject({ spanKind: 2, statusCode: 2 });
  const log = { ...errorLog, severityNumber: 'SEVERITY_NUMBER_ERROR2', dropped_attributes_count: 7, trace_id: 'x' };
  expect(decodeJsonLogs(json(logsOf(log)), SELECTION).candidates[0]).toMatchObject({ severityNumber: 18 });
  expect(decodeJsonSpans(json({ resource_spans: [1] })).candidates).toEqual([]);
});

test.each([
  ['nested too deep', `{"x":${'['.repeat(5_000)}${']'.repeat(5_000)}}`],
  ['cut within a string', '{"resourceSpans":["'],
  ['a number with leading zeros', '{"x":00000000000000000001}'],
])('JSON %s is MALFORMED', (_, text) => {
  expect(() => decodeJsonSpans(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
});

test('JSON with more values than memory allows is refused before it is parsed', () => {
  const text = `{"x":[${'0,'.repeat(8_000_001)}0]}`;
  expect(() => decodeJsonSpans(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'PAYLOAD_TOO_LARGE' }));
});

function span(...bytes: readonly number[]): Buffer {
  const wrapped = (content: readonly number[], tag: number) => [tag, content.length, ...content];
  return Buffer.from(wrapped(wrapped(wrapped(bytes, 0x12), 0x12), 0x0a));
}

test.each([
  ['wire type 3 (group)', span(0x0b, 0x0c)],
  ['wire type 4', span(0x0c)],
  ['wire type 6', span(0x0e)],
  ['wire type 7', span(0x0f)],
  ['field number 0', span(0x02, 0x00)],
  ['a length past the span', span(0x2a, 0x05, 0x61)],
  ['a fixed64 past the span', span(0x39, 1, 2, 3)],
  ['a fixed32 past the span', span(0x45, 1)],
  ['a varint of 11 bytes', span(0x30, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1)],
  ['a varint that does not end', span(0x30, 0x80)],
  ['an attribute that reaches past its span', span(0x4a, 0x04, 0x0a, 0x09, 0x61, 0x61)],
  ['a truncated request', Buffer.from([0x0a, 0x10, 0x12])],
])('protobuf with %s is MALFORMED', (_, body) => {
  expect(() => walkSpans(body)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
});

test('of a repeated field the last counts, and a repeated status is merged', () => {
  const status = [0x7a, 2, 0x18, 2, 0x7a, 3, 0x12, 1, 0x6d];
  const [candidate] = walkSpans(span(...status, 0x2a, 1, 0x61, 0x2a, 1, 0x62)).candidates;
  expect(candidate).toMatchObject({ statusCode: 2, statusMessage: 'm', name: 'b' });
  expect(walkSpans(span(0x7a, 2, 0x18, 2, 0x7a, 2, 0x18, 1)).candidates).toHaveLength(0);
});

test('invalid UTF-8 is replaced', () => {
  const [candidate] = walkSpans(span(0x7a, 2, 0x18, 2, 0x2a, 3, 0x61, 0xff, 0x62)).candidates;
  expect(candidate).toMatchObject({ name: 'a\ufffdb' });
});

test('ten-byte varints are negative numbers', () => {
  const minusOne = [255, 255, 255, 255, 255, 255, 255, 255, 255, 1];
  const [candidate] = walkSpans(span(0x7a, 2, 0x18, 2, 0x30, ...minusOne)).candidates;
  expect(candidate).toMatchObject({ spanKind: -1 });
});

test('texts and bytes hold no part of the request', () => {
  const body = logsProtobuf({ ...errorLog, body: { bytesValue: 'AQID' }, attributes: [attribute('k', 'value')] });
  const [log] = walkLogs(body, SELECTION).candidates;
  body.fill(0);
  expect(log?.kind === 'log' && log.body).toEqual(new Uint8Array([1, 2, 3]));
  expect(log?.kind === 'log' && log.body instanceof Uint8Array && log.body.buffer.byteLength).toBe(3);
  expect(log?.attributes.get('k')).toBe('value');
});

test('of more than 100,000 errors in one request the rest is rejected, not lost in silence', () => {
  const scope = Buffer.concat(Array.from({ length: 100_002 }, () => Buffer.from([0x12, 2, 0x10, 17])));
  const lengthOf = (size: number) => Buffer.from([(size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, size >> 14]);
  const group = Buffer.concat([Buffer.from([0x12]), lengthOf(scope.length), scope]);
  const body = Buffer.concat([Buffer.from([0x0a]), lengthOf(group.length), group]);
  const { candidates, rejected, message } = walkLogs(body, SELECTION);
  expect([candidates.length, rejected, message]).toEqual([100_000, 2, 'more than 100000 errors in one request']);
});
