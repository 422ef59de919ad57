// Any OTLP request that an encoder may send, in OTLP's JSON: texts of any script, 64-bit integers at their edges, values
// nested, ids missing or short, and often the names and numbers that make a record an error.
import * as fc from 'fast-check';

const key = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom('http.route', 'exception.typ', 'xception.type', 'event.name', '__proto__', ''),
  },
  { weight: 1, arbitrary: fc.constantFrom('exception.type', 'exception.message', 'exception.stacktrace') },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 24 }) },
);

const name = fc.oneof(
  fc.constantFrom('exception', 'db.client.operation.exception', 'myexception', 'exceptions', '.exception', 'log'),
  fc.string({ unit: 'grapheme' }),
);

const int64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(0n, -1n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n) + 1n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)),
);

const nanos = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(fc.string({ unit: 'grapheme' }), name).map((stringValue) => ({ stringValue })),
    fc.boolean().map((boolValue) => ({ boolValue })),
    int64.map((integer) => ({ intValue: String(integer) })),
    // JSON.stringify writes -0 as 0: adding 0 makes it that here too.
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ doubleValue: value + 0 })),
    fc.uint8Array({ maxLength: 9 }).map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.constant({}),
    fc.array(tie('value'), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .array(fc.record({ key: fc.string({ maxLength: 5 }), value: tie('value') }), { maxLength: 3 })
      .map((values) => ({ kvlistValue: { values } })),
  ),
}));

const attributes = fc.array(fc.record({ key, value }, { requiredKeys: ['key'] }), { maxLength: 6 });

const traceId = fc.oneof(hex(16), fc.constant('00'.repeat(16)), hex(3));
const spanId = fc.oneof(hex(8), fc.constant('00'.repeat(8)), hex(16));

function hex(length: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes).toString('hex'));
}

const span = fc.record(
  {
    traceId,
    spanId,
    parentSpanId: spanId,
    name: fc.string({ unit: 'grapheme' }),
    kind: fc.integer({ min: -3, max: 7 }),
    startTimeUnixNano: nanos,
    endTimeUnixNano: nanos,
    attributes,
    droppedAttributesCount: fc.nat(),
    events: fc.array(fc.record({ timeUnixNano: nanos, name, attributes }, { requiredKeys: [] }), { maxLength: 3 }),
    links: fc.array(fc.record({ traceId, spanId, attributes }), { maxLength: 2 }),
    status: fc.record(
      { message: fc.string(), code: fc.oneof(fc.constantFrom(0, 1, 2), fc.integer()) },
      { requiredKeys: [] },
    ),
    flags: fc.nat(),
  },
  { requiredKeys: [] },
);

const log = fc.record(
  {
    timeUnixNano: nanos,
    observedTimeUnixNano: nanos,
    severityNumber: fc.oneof(fc.integer({ min: 0, max: 24 }), fc.constant(0), fc.integer()),
    severityText: fc.constantFrom('', 'ERROR', 'error', 'warning', 'Info', ' FATAL', 'critical', 'debug', 'e'),
    body: value,
    attributes,
    droppedAttributesCount: fc.nat(),
    flags: fc.nat(),
    traceId,
    spanId,
    eventName: name,
  },
  { requiredKeys: [] },
);

const resource = fc.record({ attributes, droppedAttributesCount: fc.nat() }, { requiredKeys: ['attributes'] });
const scope = fc.record(
  { name: fc.string({ unit: 'grapheme' }), version: fc.string(), attributes },
  { requiredKeys: [] },
);
const schemaUrl = fc.webUrl();

export const tracesContent = fc.record({
  resourceSpans: fc.array(
    fc.record(
      {
        resource,
        scopeSpans: fc.array(
          fc.record({ scope, spans: fc.array(span, { maxLength: 4 }), schemaUrl }, { requiredKeys: [] }),
          {
            maxLength: 2,
          },
        ),
        schemaUrl,
      },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  ),
});

export const logsContent = fc.record({
  resourceLogs: fc.array(
    fc.record(
      {
        resource,
        scopeLogs: fc.array(
          fc.record({ scope, logRecords: fc.array(log, { maxLength: 4 }), schemaUrl }, { requiredKeys: [] }),
          { maxLength: 2 },
        ),
        schemaUrl,
      },
      { requiredKeys: [] },
    ),
    { maxLength: 3 },
  ),
});
