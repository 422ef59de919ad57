// The list of errors as data: what a person sees of it is in feed.test.ts.
import { expect, test } from 'vitest';
import type { ErrorItem } from '../../src/admin/static/answers.ts';
import { EMPTY_FEED, append, arrive, letIn, renew, setResolved } from '../../src/admin/static/views/errors/feed.ts';
import type { Feed } from '../../src/admin/static/views/errors/feed.ts';

/** `minute` names it and is when it happened. */
function error(minute: number, more: Partial<ErrorItem> = {}): ErrorItem {
  return {
    id: `id-${minute}`,
    timestamp: `2026-11-24T12:${String(minute).padStart(2, '0')}:00.000Z`,
    service: 'checkout',
    severity: 'error',
    error_type: 'timeout',
    exception_type: 'TimeoutError',
    message: 'no answer',
    company_id: 1,
    environment: 'production',
    fingerprint: '9f',
    trace_id: '',
    resolved: false,
    auto_fix_attempted: false,
    auto_fix_successful: false,
    ...more,
  };
}

const feedOf = (minutes: readonly number[], cursor: string | null = null): Feed => ({
  ...EMPTY_FEED,
  items: minutes.map((minute) => error(minute)),
  total: minutes.length,
  cursor,
});

const ids = ({ items }: Feed) => items.map(({ id }) => id);

test('what arrives stands where its time says, once, however often and in whatever order it comes', () => {
  const feed = arrive(feedOf([30, 20]), [error(25), error(40), error(30), error(40)], false);
  expect(ids(feed)).toEqual(['id-40', 'id-30', 'id-25', 'id-20']);
  expect(feed.total).toBe(4);
  expect(arrive(feed, [error(25)], false)).toBe(feed);
});

test('while the list is held nothing moves; let in, all of it is there', () => {
  const held = arrive(arrive(feedOf([20]), [error(21)], true), [error(22), error(21)], true);
  expect(ids(held)).toEqual(['id-20']);
  expect(held.waiting).toHaveLength(2);
  const feed = letIn(held);
  expect(ids(feed)).toEqual(['id-22', 'id-21', 'id-20']);
  expect(feed).toMatchObject({ total: 3, waiting: [] });
});

test('a late one that belongs to a page not yet loaded is counted and comes with that page', () => {
  const feed = arrive(feedOf([30, 20], 'next'), [error(10)], false);
  expect(ids(feed)).toEqual(['id-30', 'id-20']);
  expect(feed.total).toBe(3);
  const more = append(feed, { items: [error(20), error(15), error(10)], total: 4, cursor: null });
  expect(ids(more)).toEqual(['id-30', 'id-20', 'id-15', 'id-10']);
  expect(more).toMatchObject({ total: 4, cursor: null });
});

test('the first page as it is now replaces its part, and keeps what was loaded below it', () => {
  const feed = feedOf([50, 40, 30, 20, 10], 'far');
  const page = { items: [error(51), error(50), error(30)], total: 5, cursor: 'near' };
  expect(renew(feed, page, false)).toMatchObject({ total: 5, cursor: 'far' });
  // The one of minute 40 was resolved meanwhile.
  expect(ids(renew(feed, page, false))).toEqual(['id-51', 'id-50', 'id-30', 'id-20', 'id-10']);
  const held = renew(feed, { ...page, items: [error(51), error(50, { resolved: true })] }, true);
  expect(ids(held)).toEqual(ids(feed));
  expect(held.items[0]?.resolved).toBe(true);
  expect(held.waiting.map(({ id }) => id)).toEqual(['id-51']);
});

test('resolved by its group or alone', () => {
  const feed = { ...EMPTY_FEED, items: [error(1), error(2), error(3, { fingerprint: '7c' })] };
  const resolved = (now: Feed) => now.items.map((item) => item.resolved);
  expect(resolved(setResolved(feed, { fingerprint: '9f' }, true))).toEqual([true, true, false]);
  expect(resolved(setResolved(feed, { id: 'id-2' }, true))).toEqual([false, true, false]);
});
