import { expect, test } from 'vitest';
import { similarity, typesOf, wordsOf } from '../../src/store/similarity.ts';
import type { Inputs } from '../../src/store/similarity.ts';

const pool: Inputs = {
  rootType: 'PoolExhausted',
  outerType: '',
  frames: ['src/pool.js|acquire', 'src/cache.js|get'],
  template: 'Redis connection pool exhausted after <dur>',
};

test.each<[name: string, other: Partial<Inputs>, score: number]>([
  ['equal inputs are 1', {}, 1],
  ['placeholders, case and order do not count', { template: 'exhausted AFTER redis pool <n> connection' }, 1],
  ['only the type: 0.3', { frames: ['src/other.js|run'], template: 'no slot left' }, 0.3],
  ['the root of one was wrapped by the other: half of it', { rootType: 'Other', outerType: 'PoolExhausted' }, 0.85],
  ['only the frames: 0.4', { rootType: 'TypeError', template: 'x is undefined' }, 0.4],
  ['half of the frames', { frames: ['src/pool.js|acquire'] }, 0.8],
  ['a third of the frames of both', { frames: ['src/pool.js|acquire', 'src/db.js|get'] }, 0.73],
  ['only the words: 0.3', { rootType: 'TypeError', frames: ['src/other.js|run'] }, 0.3],
  ['four of five words', { template: 'Redis connection pool exhausted' }, 0.94],
  ['frames on one side only are not shared', { frames: [] }, 0.6],
  ['a type that says nothing on one side only is not shared', { rootType: 'Error' }, 0.7],
  ['nothing in common', { rootType: 'TypeError', frames: ['a|b'], template: 'no slot left' }, 0],
])('%s', (_, change, score) => {
  const other = { ...pool, ...change };
  expect(similarity(pool, other)).toBe(score);
  expect(similarity(other, pool)).toBe(score);
});

test('what neither has does not count', () => {
  const bare = { rootType: 'Error', outerType: '', frames: [], template: 'payment gateway timed out' };
  expect(similarity(bare, { ...bare, template: 'payment gateway refused' })).toBe(0.4);
  expect(similarity(bare, { ...bare, template: 'disk is full' })).toBe(0);
});

test('groups of which nothing is known are not alike', () => {
  const unknown = { rootType: '', outerType: '', frames: [], template: '' };
  expect(similarity(unknown, unknown)).toBe(0);
});

test('types that say nothing are left out, and words are cut as the index cuts them', () => {
  expect(typesOf({ rootType: 'Error', outerType: 'StoreUnavailable' })).toEqual(['StoreUnavailable']);
  expect(wordsOf('The user_id <id> of "Größe" was ETIMEDOUT: ETIMEDOUT at <ip>:5432')).toEqual([
    'user',
    'größe',
    'etimedout',
    '5432',
  ]);
});
