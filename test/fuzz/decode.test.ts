// The decoders against protobufjs and against each other, on requests nobody thought of.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { decodeJsonLogs, decodeJsonSpans } from '../../src/ingest/decode-json.ts';
import { walkLogs } from '../../src/ingest/walk-logs.ts';
import { walkSpans } from '../../src/ingest/walk-spans.ts';
import { json, withBytes } from '../ingest/samples.ts';
import { expectedLogs, expectedSpans } from './oracle.ts';
import { encode, logsRequest, tracesRequest } from './otlp-proto.ts';
import { logsContent, tracesContent } from './requests.ts';
import { logsShape, shuffled, tracesShape } from './shuffle.ts';

const SELECTION = { logThreshold: 13 };
const RUNS = { numRuns: 400 };
/** A kilobyte takes microseconds; this is for the machine's own pauses. */
const SLOW_MS = 2_000;

const signals = [
  {
    signal: 'traces',
    content: tracesContent,
    shape: tracesShape,
    encoded: (content: object) => encode(tracesRequest, withBytes(content) as object),
    walk: walkSpans,
    decodeJson: decodeJsonSpans,
    expected: expectedSpans,
  },
  {
    signal: 'logs',
    content: logsContent,
    shape: logsShape,
    encoded: (content: object) => encode(logsRequest, withBytes(content) as object),
    walk: (body: Buffer) => walkLogs(body, SELECTION),
    decodeJson: (body: Buffer) => decodeJsonLogs(body, SELECTION),
    expected: expectedLogs,
  },
];

test.each(signals)('$signal: the walk finds what a full decode finds', ({ content, encoded, walk, expected }) => {
  fc.assert(
    fc.property(content, (request) => {
      const body = encoded(request);
      expect(walk(body)).toEqual({ candidates: expected(body), rejected: 0, message: '' });
    }),
    RUNS,
  );
});

test.each(signals)(
  '$signal: fields in any order, unknown fields and long varints change nothing',
  ({ content, shape, encoded, walk, expected }) => {
    fc.assert(
      fc.property(content, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (request, stream) => {
        const body = encoded(request);
        const other = shuffled(body, shape, () => Number(stream.next().value));
        expect(walk(other).candidates).toEqual(expected(body));
      }),
      RUNS,
    );
  },
);

test.each(signals)('$signal: JSON and protobuf give the same candidates', ({ content, encoded, walk, decodeJson }) => {
  fc.assert(
    fc.property(content, (request) => {
      expect(decodeJson(json(request))).toEqual(walk(encoded(request)));
    }),
    RUNS,
  );
});

const mutation = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('set', 'flip', 'remove', 'insert', 'cut', 'repeat'),
  byte: fc.nat({ max: 255 }),
});

function mutated(body: Buffer, mutations: readonly { at: number; kind: string; byte: number }[]): Buffer {
  let bytes = [...body];
  for (const { at, kind, byte } of mutations) {
    const index = bytes.length === 0 ? 0 : at % bytes.length;
    if (kind === 'set') bytes[index] = byte;
    else if (kind === 'flip') bytes[index] = (bytes[index] ?? 0) ^ (1 << (byte & 7));
    else if (kind === 'remove') bytes.splice(index, 1);
    else if (kind === 'insert') bytes.splice(index, 0, byte);
    else if (kind === 'cut') bytes = bytes.slice(0, index);
    else bytes = [...bytes, ...bytes.slice(index, index + byte)];
  }
  return Buffer.from(bytes);
}

test.each(signals)(
  '$signal: damaged bytes give MALFORMED or a result, nothing else, and soon',
  ({ content, encoded, walk, decodeJson }) => {
    const decodes = [
      { body: (request: object) => encoded(request), decode: walk },
      { body: json, decode: decodeJson },
    ];
    for (const { body, decode } of decodes) {
      fc.assert(
        fc.property(content, fc.array(mutation, { minLength: 1, maxLength: 6 }), (request, mutations) => {
          const bytes = mutated(body(request), mutations);
          const start = performance.now();
          expectResultOrMalformed(() => decode(bytes));
          expect(performance.now() - start).toBeLessThan(SLOW_MS);
        }),
        { numRuns: 1_500 },
      );
    }
  },
);

test('bytes that never were a message give MALFORMED or a result', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const { walk, decodeJson } of signals) {
        expectResultOrMalformed(() => walk(Buffer.from(bytes)));
        expectResultOrMalformed(() => decodeJson(Buffer.from(bytes)));
      }
    }),
    { numRuns: 3_000 },
  );
});

function expectResultOrMalformed(decode: () => { readonly candidates: readonly unknown[] }): void {
  try {
    expect(decode().candidates).toBeInstanceOf(Array);
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    expect(failure.code).toBe('MALFORMED');
  }
}
