import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { codeOf, isError, messageOf, stackTextOf, typeNameOf } from '../../src/capture/stack-text.ts';

function errorWith(stack: string, extra: object = {}): Error {
  return Object.assign(new Error('m'), { stack }, extra);
}

test('causes stand inside one another, as Node prints them', () => {
  const root = errorWith('Error: root\n    at c (c.js:3:3)');
  const middle = errorWith('Error: middle\n    at b (b.js:2:2)', { cause: root });
  const outer = errorWith('Error: outer\n    at a (a.js:1:1)', { cause: middle });
  expect(stackTextOf(outer)).toBe(`Error: outer
    at a (a.js:1:1) {
  [cause]: Error: middle
      at b (b.js:2:2) {
    [cause]: Error: root
        at c (c.js:3:3)
  }
}`);
});

test('the errors inside an AggregateError are listed', () => {
  const tried = ['::1', '127.0.0.1'].map((address) =>
    errorWith(`Error: connect ECONNREFUSED ${address}\n    at t (net.js:1:1)`),
  );
  const all = Object.assign(new AggregateError(tried), {
    stack: 'AggregateError\n    at internal (net.js:9:9)',
    code: 'ECONNREFUSED',
  });
  expect(stackTextOf(all)).toBe(`AggregateError
    at internal (net.js:9:9) {
  [errors]: [
    Error: connect ECONNREFUSED ::1
        at t (net.js:1:1),
    Error: connect ECONNREFUSED 127.0.0.1
        at t (net.js:1:1)
  ]
}`);
  expect(messageOf(all)).toBe('AggregateError ECONNREFUSED');
  expect(codeOf(all)).toBe('ECONNREFUSED');
});

test('a circle of causes ends, and so does an endless chain', () => {
  const one = errorWith('Error: one');
  one.cause = errorWith('Error: two', { cause: one });
  expect(stackTextOf(one)).toBe('Error: one {\n  [cause]: Error: two {\n    [cause]: [Circular]\n  }\n}');
  let chain = errorWith('Error: 0');
  for (let depth = 1; depth < 50; depth++) chain = errorWith(`Error: ${depth}`, { cause: chain });
  expect(stackTextOf(chain).match(/Error: \d+/g)).toHaveLength(9);
});

test('a cause that is no Error is named, and its content stays at home', () => {
  expect(stackTextOf(errorWith('Error: x', { cause: 'a reason' }))).toBe("Error: x {\n  [cause]: 'a reason'\n}");
  expect(stackTextOf(errorWith('Error: x', { cause: { password: 'secret' } }))).toBe(
    'Error: x {\n  [cause]: [object]\n}',
  );
});

test('an error of another realm is an error', () => {
  const foreign: unknown = runInNewContext(`new TypeError('from elsewhere')`);
  expect(foreign instanceof Error).toBe(false);
  expect(isError(foreign)).toBe(true);
  expect([typeNameOf(foreign), messageOf(foreign)]).toEqual(['TypeError', 'from elsewhere']);
});

test.each([
  [new RangeError('r'), 'RangeError', 'r'],
  [new (class PoolExhausted extends Error {})('full'), 'PoolExhausted', 'full'],
  [Object.assign(new Error('renamed'), { name: 'CustomName' }), 'CustomName', 'renamed'],
  [new DOMException('timed out', 'TimeoutError'), 'TimeoutError', 'timed out'],
  ['just text', 'string', 'just text'],
  [{ message: 'looks like one' }, 'object', 'looks like one'],
  [{ secret: 1 }, 'object', 'a value that is no Error was thrown'],
  [undefined, 'undefined', 'a value that is no Error was thrown'],
  [null, 'null', 'a value that is no Error was thrown'],
])('type and message of %s', (thrown, type, message) => {
  expect([typeNameOf(thrown), messageOf(thrown)]).toEqual([type, message]);
});
