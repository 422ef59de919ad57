// Everything that REST tells of a company's errors: the rows of all pages, and whether the counts agree with them.
import { expect } from 'vitest';

export interface Row {
  readonly id: string;
  readonly message: string;
}

/** All rows; fails unless `total`, the trend and the groups count exactly as many. */
export async function readAll(api: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  let total = 0;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: { total: number; errors: Row[]; next_cursor: string | null } = await getJson(
      `${api}/api/errors?limit=1000${query}`,
    );
    rows.push(...page.errors);
    cursor = page.next_cursor;
    total = page.total;
  } while (cursor !== null);
  expect(total).toBe(rows.length);
  const trends = await getJson<{ points: readonly Counted[] }>(`${api}/api/trends?since=24h&interval=1h`);
  expect(sumOf(trends.points)).toBe(rows.length);
  const groups = await getJson<{ groups: readonly Counted[] }>(`${api}/api/groups?limit=100`);
  expect(sumOf(groups.groups)).toBe(rows.length);
  return rows;
}

interface Counted {
  readonly count: number;
}

function sumOf(counted: readonly Counted[]): number {
  return counted.reduce((sum, { count }) => sum + count, 0);
}

async function getJson<T>(url: string): Promise<T> {
  const response = await fetch(url);
  expect(response.status, url).toBe(200);
  return (await response.json()) as T;
}

/** Looks again every 10 ms. */
export async function until(reached: () => boolean, signal: AbortSignal): Promise<void> {
  while (!reached()) {
    signal.throwIfAborted();
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}
