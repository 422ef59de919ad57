// Bad input: whatever is sent, an error comes out of it that can be stored and shown.
import { expect, test } from 'vitest';
import { createErrorMaker } from '../../src/errors/error-maker.ts';
import type { ErrorEvent } from '../../src/errors/error-event.ts';
import type { AttributeValue, Candidate } from '../../src/ingest/candidate.ts';
import { attributes, delivery, exceptionEvent, log, NOW_MS, span } from './candidates.ts';

function only(candidate: Candidate): ErrorEvent {
  return createErrorMaker().fromDelivery(delivery([candidate]), NOW_MS).events[0] as ErrorEvent;
}

test('a message of a megabyte is cut at 8 KiB with a mark', () => {
  const { message } = only(log({ body: 'a'.repeat(1_000_000) }));
  expect(message).toHaveLength(8_192);
  expect(message.endsWith('aaa…[cut]')).toBe(true);
});

test('a stack of a megabyte keeps its innermost and outermost parts', () => {
  const frames = Array.from({ length: 20_000 }, (_, index) => `    at f${index} (/app/src/deep.js:${index}:1)`);
  const { stackTrace, grouping } = only(
    span({ exceptions: [exceptionEvent({ 'exception.stacktrace': ['Error: deep', ...frames].join('\n') })] }),
  );
  expect(stackTrace.length).toBeLessThanOrEqual(65_536);
  expect(stackTrace.startsWith('Error: deep\n    at f0 (')).toBe(true);
  expect(stackTrace.endsWith('at f19999 (/app/src/deep.js:19999:1)')).toBe(true);
  expect(stackTrace).toContain('\n…[cut]\n');
  expect(grouping.frames).toHaveLength(5);
});

test('control characters, colours and half surrogate pairs are replaced; line ends become one kind', () => {
  const { message } = only(log({ body: '\u001b[31mred\u001b[0m\u0000nul\ttab\r\nline\ud800half\udc00 😀' }));
  expect(message).toBe('red\ufffdnul\ttab\nline\ufffdhalf\ufffd 😀');
});

test('a cut never leaves half a pair', () => {
  const { message } = only(log({ body: '😀'.repeat(10_000) }));
  expect(message).not.toMatch(/\p{Cs}/u);
});

test('100,000 attributes: 100 are kept, the others counted', () => {
  const many = new Map(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index] as const));
  const { details } = only(log({ body: 'boom', attributes: many }));
  expect(Object.keys(details)).toHaveLength(101);
  expect(details['k99']).toBe(99);
  // Also the logger's name and the SDK's language.
  expect(details['errata.details_dropped']).toBe(99_902);
});

test('values are cut at 8 KiB and 64 KiB in all', () => {
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, 'x'.repeat(100_000)]));
  const { details } = only(log({ body: 'boom', attributes: attributes(many) }));
  expect(details['k0']).toHaveLength(8_192);
  expect(JSON.stringify(details).length).toBeLessThan(66_000);
});

test('every kind of value becomes JSON', () => {
  const values: Record<string, AttributeValue> = {
    text: 'a',
    whole: 1,
    large: 9_007_199_254_740_993n,
    nothing: undefined,
    notANumber: Number.NaN,
    bytes: new Uint8Array([1, 2, 3]),
    list: [1, 'a', [true]],
    map: { a: { b: 1n } },
  };
  expect(only(log({ body: 'boom', attributes: attributes(values) })).details).toMatchObject({
    text: 'a',
    whole: 1,
    large: '9007199254740993',
    nothing: null,
    notANumber: 'NaN',
    bytes: 'AQID',
    list: [1, 'a', [true]],
    map: { a: { b: '1' } },
  });
});

test('nesting without end is cut', () => {
  let nested: AttributeValue = 'end';
  for (let depth = 0; depth < 5_000; depth += 1) nested = { a: nested };
  const { details } = only(log({ body: nested, attributes: attributes({ nested }) }));
  expect(JSON.stringify(details['nested'])).toBe('{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":"…[cut]"}}}}}}}}');
});

test('a key named __proto__ is a key', () => {
  const { details } = only(log({ body: 'boom', attributes: new Map([['__proto__', 'x']]) }));
  expect(Object.keys(details)).toContain('__proto__');
  expect(Object.getPrototypeOf(details)).toBe(Object.prototype);
});

test('an error that says nothing at all is one error of kind unknown', () => {
  const event = only(log({ scopeName: '', spanId: '', body: undefined }));
  expect(event).toMatchObject({ message: '', exceptionType: '', errorType: 'other', richness: 1 });
  expect(event.grouping.kind).toBe('unknown');
});

test.each([
  ['at '],
  ['    at a (b:1:1) ('],
  ['  File "'],
  ['a@b:1\n'],
  ['#0 ('],
  ['Caused by: '],
  ['--- '],
  ['x:1:in `'],
  ['   0: a::b\n'],
  ['at a.b(c.java:1)'],
  ["'"],
  ['"a'],
  ['1.'],
  ['1:'],
  ['a-'],
  ['/a'],
  ['<'],
  ['{"a":'],
  ['https://'],
])('a megabyte of "%s" as message and as stack takes linear time', (unit) => {
  const text = unit.repeat(1_000_000 / unit.length);
  const startMs = performance.now();
  only(
    span({
      exceptions: [exceptionEvent({ 'exception.type': text, 'exception.message': text, 'exception.stacktrace': text })],
    }),
  );
  expect(performance.now() - startMs).toBeLessThan(3_000);
});
