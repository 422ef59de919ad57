import { expect, test } from 'vitest';
import { createErrorMaker } from '../../src/errors/error-maker.ts';
import { attributes, delivery, exceptionEvent, log, NOW_MS, span } from './candidates.ts';

const v8 = `TypeError: x is not a function
    at buy (/app/src/cart.js:1:2)`;
const java = `java.lang.IllegalStateException: no tenant
	at com.acme.core.TenantFilter.current(TenantFilter.java:20)`;
const python = `Traceback (most recent call last):
  File "/app/shop/pricing.py", line 12, in discount
    return cart.sum / cart.count
ZeroDivisionError: division by zero`;

test.each([
  ['V8', v8, 'TypeError', 'x is not a function', v8],
  ['V8 after words', `checkout failed\n${v8}`, 'TypeError', 'x is not a function', v8],
  ['Java', java, 'java.lang.IllegalStateException', 'no tenant', java],
  ['Python after words', `checkout failed\n${python}\n`, 'ZeroDivisionError', 'division by zero', python],
])('a stack in the body of a log is taken apart: %s', (_, body, exceptionType, message, stackTrace) => {
  const made = createErrorMaker().fromDelivery(delivery([log({ body })]), NOW_MS);
  expect(made.events[0]).toMatchObject({ exceptionType, message, stackTrace: expect.stringContaining(stackTrace) });
  expect(made.events[0]?.grouping.kind).toBe('stack');
});

test('it meets the span event of the same exception', () => {
  const event = span({
    exceptions: [exceptionEvent({ 'exception.type': 'TypeError', 'exception.message': 'x is not a function' })],
  });
  const made = createErrorMaker().fromDelivery(delivery([log({ body: v8 }), event]), NOW_MS);
  expect(made).toMatchObject({ duplicates: 1, events: [{ source: 'log' }] });
});

test.each(['two lines\nof prose', 'menu:\n  at noon\n  soup', 'x\n    at home'])('prose stays prose: %j', (body) => {
  const made = createErrorMaker().fromDelivery(delivery([log({ body })]), NOW_MS);
  expect(made.events[0]).toMatchObject({ message: body, stackTrace: '' });
});

test('attributes decide over the body', () => {
  const both = log({ body: v8, attributes: attributes({ 'exception.message': 'other' }) });
  expect(createErrorMaker().fromDelivery(delivery([both]), NOW_MS).events[0]?.message).toBe('other');
});
