// The list of errors as data: newest first, each once, whatever comes in between. Pure.
import type { ErrorItem } from '../../answers.ts';

export interface Feed {
  readonly items: readonly ErrorItem[];
  /** Arrived while the list must not move. */
  readonly waiting: readonly ErrorItem[];
  readonly total: number;
  /** Of the next page; null: there is none. */
  readonly cursor: string | null;
}

type Position = Pick<ErrorItem, 'id' | 'timestamp'>;

/** A page that is left open for weeks must not fill the memory: beyond this the oldest are let go. */
const MAX_ITEMS = 100_000;

export const EMPTY_FEED: Feed = { items: [], waiting: [], total: 0, cursor: null };

/** What came live. While the list is held it waits. */
export function arrive(feed: Feed, errors: readonly ErrorItem[], isHeld: boolean): Feed {
  const known = new Set([...feed.items, ...feed.waiting].map(({ id }) => id));
  const fresh = errors.filter(({ id }) => !known.has(id) && known.add(id));
  if (fresh.length === 0) return feed;
  const waiting = { ...feed, waiting: [...feed.waiting, ...fresh] };
  return isHeld ? waiting : letIn(waiting);
}

/** Shows what was waiting. */
export function letIn(feed: Feed): Feed {
  if (feed.waiting.length === 0) return feed;
  const last = feed.items.at(-1);
  // What is older than all that is here comes with its page.
  const shown = feed.waiting.filter((error) => feed.cursor === null || last === undefined || isBefore(error, last));
  const items = merge(feed.items, [...shown].sort(byNewest));
  return {
    items: items.slice(0, MAX_ITEMS),
    waiting: [],
    total: feed.total + feed.waiting.length,
    cursor: items.length > MAX_ITEMS ? null : feed.cursor,
  };
}

/** The next page, at the end. */
export function append(feed: Feed, page: Pick<Feed, 'items' | 'total' | 'cursor'>): Feed {
  const known = new Set(feed.items.map(({ id }) => id));
  const items = [...feed.items, ...page.items.filter(({ id }) => !known.has(id))];
  return {
    ...feed,
    items: items.slice(0, MAX_ITEMS),
    total: page.total,
    cursor: items.length >= MAX_ITEMS ? null : page.cursor,
  };
}

/**
 * The first page as it is now: everything newer than its end is replaced, so that what was resolved elsewhere goes. While the
 * list is held no row comes or goes: what is new waits, and of the others only their state is renewed.
 */
export function renew(feed: Feed, page: Pick<Feed, 'items' | 'total' | 'cursor'>, isHeld: boolean): Feed {
  if (isHeld && feed.items.length > 0) {
    const now = new Map(page.items.map((item) => [item.id, item]));
    return arrive({ ...feed, items: feed.items.map((item) => now.get(item.id) ?? item) }, page.items, true);
  }
  const last = page.items.at(-1);
  if (last === undefined || page.cursor === null) return { ...page, waiting: [] };
  const older = feed.items.filter((item) => isBefore(last, item));
  const inPage = new Set(page.items.map(({ id }) => id));
  return {
    items: [...page.items, ...older],
    waiting: feed.waiting.filter(({ id }) => !inPage.has(id)),
    total: page.total,
    cursor: older.length === 0 ? page.cursor : feed.cursor,
  };
}

/** Somebody resolved or opened again, here: the rows say so at once. */
export function setResolved(
  feed: Feed,
  of: { readonly fingerprint: string } | { readonly id: string },
  resolved: boolean,
): Feed {
  const concerns = (error: ErrorItem) => ('id' in of ? error.id === of.id : error.fingerprint === of.fingerprint);
  return { ...feed, items: feed.items.map((error) => (concerns(error) ? { ...error, resolved } : error)) };
}

function merge(items: readonly ErrorItem[], fresh: readonly ErrorItem[]): ErrorItem[] {
  const merged: ErrorItem[] = [];
  let at = 0;
  for (const error of fresh) {
    for (let item = items[at]; item !== undefined && isBefore(item, error); item = items[at]) {
      merged.push(item);
      at += 1;
    }
    merged.push(error);
  }
  return merged.concat(items.slice(at));
}

function isBefore(one: Position, other: Position): boolean {
  return byNewest(one, other) < 0;
}

/** ISO-8601 in UTC sorts as text. */
function byNewest(one: Position, other: Position): number {
  if (one.timestamp !== other.timestamp) return one.timestamp > other.timestamp ? -1 : 1;
  return one.id > other.id ? -1 : one.id < other.id ? 1 : 0;
}
