// The six shapes in which one exception arrives: span event, span attributes, bare status, log record, log and span event,
// and the same on parent spans. Every one of them, in any order and batching, is one occurrence.
import { expect, test } from 'vitest';
import { createErrorMaker } from '../../src/errors/error-maker.ts';
import type { Candidate } from '../../src/ingest/candidate.ts';
import { attributes, delivery, exceptionEvent, log, NOW_MS, NOW_NS, span } from './candidates.ts';

const exception = {
  'exception.type': 'TypeError',
  'exception.message': "Cannot read properties of undefined (reading 'total')",
  'exception.stacktrace': `TypeError: Cannot read properties of undefined (reading 'total')
    at priceOf (/app/src/cart.js:12:9)
    at async checkout (/app/src/checkout.js:40:3)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`,
};
// Computed apart from the code under test: a change of it would store every redelivery twice.
const ID = '4a766a86-78a9-8be7-bd32-839ac7de349f';

const inner = span({
  spanId: '00000000000000c1',
  parentSpanId: '00000000000000b1',
  exceptions: [exceptionEvent(exception)],
});
const parent = span({
  spanId: '00000000000000b1',
  parentSpanId: '00000000000000a1',
  exceptions: [exceptionEvent(exception, NOW_NS + 2_000_000n)],
});
const grandparent = span({ spanId: '00000000000000a1', exceptions: [exceptionEvent(exception, NOW_NS + 4_000_000n)] });
const onAttributes = span({ spanId: '00000000000000c1', attributes: attributes(exception) });
const logged = log({ body: 'checkout failed', attributes: attributes(exception), timeUnixNano: NOW_NS + 800_000_000n });
const plainLog = log({ body: exception['exception.message'], timeUnixNano: NOW_NS + 900_000_000n });
const status = span({ spanId: '00000000000000c1', statusMessage: exception['exception.message'] });

const shapes: readonly (readonly [string, readonly Candidate[]])[] = [
  ['a span event', [inner]],
  ['span attributes', [onAttributes]],
  ['a bare ERROR status', [status]],
  ['a log record', [logged]],
  ['a log record without type and stack', [plainLog]],
  ['a log record and a span event', [logged, inner]],
  ['a span event and its copies on two parent spans', [inner, parent, grandparent]],
  ['all of them, the outermost first', [grandparent, status, plainLog, parent, logged, onAttributes, inner]],
];

test.each(shapes)('%s is one error with one and the same id', (_, candidates) => {
  const made = createErrorMaker().fromDelivery(delivery(candidates), NOW_MS);
  expect(made.events.map(({ id }) => id)).toEqual([ID]);
  expect(made.events.length + made.duplicates + made.folded).toBe(candidates.length);
});

test('replayed and re-batched deliveries have the same single id', () => {
  const maker = createErrorMaker();
  const batches = [[inner], [parent, logged], [logged], [grandparent, inner], [status, plainLog], [inner, parent]];
  const ids = new Set<string>();
  for (const batch of batches) {
    const made = maker.fromDelivery(delivery(batch), NOW_MS);
    maker.remember(made);
    for (const { id } of made.events) ids.add(id);
  }
  expect([...ids]).toEqual([ID]);
});

test('the richest twin of a delivery is kept', () => {
  const made = createErrorMaker().fromDelivery(delivery([plainLog, status, inner]), NOW_MS);
  expect(made.events).toHaveLength(1);
  expect(made.events[0]).toMatchObject({ source: 'span_event', exceptionType: 'TypeError', richness: 15 });
  expect(made.duplicates).toBe(2);
});
