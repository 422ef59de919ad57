import { expect, test } from 'vitest';
import { resolveParams } from '../../../src/healing/references.ts';
import { errorWith } from './healing-error.ts';

const known = {
  error: errorWith({ service: 'shop', details: { pool: '${target.name}' } }),
  facts: { 'wire.protocol': 'redis', 'use.ratio': 0.5 },
  target: { name: 'cache', container: undefined },
};

test('a reference is replaced by the whole value, with its type', () => {
  expect(resolveParams({ a: '${facts.use.ratio}', b: '${error.service}', c: '${target.name}', d: 7 }, known)).toEqual({
    a: 0.5,
    b: 'shop',
    c: 'cache',
    d: 7,
  });
});

test('what a reference brings is not resolved again', () => {
  expect(resolveParams({ a: '${error.details.pool}' }, known)).toEqual({ a: '${target.name}' });
});

test('one that has no value leaves nothing to be done', () => {
  expect(resolveParams({ a: 1, b: '${facts.wire.port}' }, known)).toBeUndefined();
  expect(resolveParams({ b: '${target.container}' }, known)).toBeUndefined();
  expect(resolveParams({ b: '${process.env}' }, known)).toBeUndefined();
});
