import { expect, test } from 'vitest';
import { createFairLine } from '../../src/healing/fair-line.ts';

test('companies take turns, each is served in its order, one at a time', async () => {
  const served: string[] = [];
  const line = createFairLine<readonly [number, string]>({
    companyOf: ([company]) => company,
    work: async ([, name]) => {
      served.push(`${name}>`);
      await Promise.resolve();
      served.push(name);
    },
    signal: new AbortController().signal,
  });
  line.add([
    [1, 'a'],
    [1, 'b'],
    [1, 'c'],
  ]);
  line.add([
    [2, 'd'],
    [1, 'e'],
    [2, 'f'],
  ]);
  expect(line.waiting().map(([, name]) => name)).toEqual(['a', 'b', 'c', 'e', 'd', 'f']);
  await line.idle();
  expect(served.join('')).toBe('a>ab>bd>dc>cf>fe>e');
  expect(line.waiting()).toEqual([]);
  line.add([[3, 'g']]);
  await line.idle();
  expect(served.slice(-2).join('')).toBe('g>g');
});

test('what waits when it is stopped still waits', async () => {
  const stopping = new AbortController();
  const line = createFairLine<number>({
    companyOf: () => 1,
    work: async () => stopping.abort(),
    signal: stopping.signal,
  });
  line.add([1, 2, 3]);
  await line.idle();
  expect(line.waiting()).toEqual([2, 3]);
});
