// How much one answer may say. Clients move long results into files or drop them, and every character costs the model
// context: results are cut on row borders, long texts with a word about how much was left out.
import { visible } from './untrusted.ts';

/** Of one answer, as compact JSON: about 6,000 tokens. The adapter refuses twice as much. */
export const MAX_ANSWER_CHARS = 20_000;

/** Of one text in a row of a list: what it is about, not all of it. */
export const ROW_TEXT_CHARS = 300;

/** Of the words of people and agents in a row: notes, reasons, reports. */
export const NOTE_CHARS = 600;

/** Of names of services, environments and the like. */
export const NAME_CHARS = 200;

/** `… [+1234 characters]` */
const MARK_CHARS = 26;

/** As it stands between the quotes of JSON. */
function jsonTextChars(text: string): number {
  return JSON.stringify(text).length - 2;
}

export function jsonChars(value: unknown): number {
  return JSON.stringify(value).length;
}

/** Hidden characters made visible, and at most `maxChars` characters of JSON. */
export function cut(text: string, maxChars: number): string {
  if (text.length <= maxChars) {
    const shown = visible(text);
    if (jsonTextChars(shown) <= maxChars) return shown;
  }
  const head = text.slice(0, maxChars);
  // The longest start that fits. It is looked for because a character may take several in JSON.
  let [fits, tooLong] = [0, head.length + 1];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (jsonTextChars(visible(whole(head.slice(0, middle)))) <= maxChars - MARK_CHARS) fits = middle;
    else tooLong = middle;
  }
  const kept = whole(head.slice(0, fits));
  return `${visible(kept)}… [+${text.length - kept.length} characters]`;
}

/** Without the first half of a pair that the cut separated. */
function whole(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

/**
 * The answer with as many rows, from the first on, as fit into the budget; at least one. `build` makes it of the rows that
 * are shown: it knows then where the next page starts.
 */
export function fit<Row, Answer>(rows: readonly Row[], build: (shown: readonly Row[]) => Answer): Answer {
  const sizes = rows.map((row) => jsonChars(row) + 1);
  let shown = rows.length;
  for (;;) {
    const answer = build(rows.slice(0, shown));
    let excess = jsonChars(answer) - MAX_ANSWER_CHARS;
    if (excess <= 0 || shown <= 1) return answer;
    while (excess > 0 && shown > 1) {
      shown -= 1;
      excess -= sizes[shown] ?? 0;
    }
  }
}

interface Limits {
  readonly text: number;
  readonly items: number;
}

/** Tried in turn until the whole fits. */
const LIMITS: readonly Limits[] = [
  { text: 4_000, items: 200 },
  { text: 1_000, items: 50 },
  { text: 300, items: 20 },
  { text: 100, items: 8 },
];

/** Deeper is told as text. */
const MAX_DEPTH = 6;
const KEY_CHARS = 100;
const LEFT_OUT = '…';

/** Any JSON from outside within `maxChars`: texts, lists and objects shortened, each saying how much was left out. */
export function cutData(data: Readonly<Record<string, unknown>>, maxChars: number): Record<string, unknown> {
  for (const limits of LIMITS) {
    const value = shorten(data, limits, 0) as Record<string, unknown>;
    if (jsonChars(value) <= maxChars) return value;
  }
  return { [LEFT_OUT]: cut(JSON.stringify(data), maxChars - 10) };
}

function shorten(value: unknown, limits: Limits, depth: number): unknown {
  if (typeof value === 'string') return cut(value, limits.text);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return cut(JSON.stringify(value), limits.text);
  if (Array.isArray(value)) {
    const items = value.slice(0, limits.items).map((item) => shorten(item, limits, depth + 1));
    return value.length > items.length ? [...items, `${LEFT_OUT} [+${value.length - items.length} items]`] : items;
  }
  const entries = Object.entries(value);
  const shown = entries
    .slice(0, limits.items)
    .map(([key, item]): [string, unknown] => [cut(key, KEY_CHARS), shorten(item, limits, depth + 1)]);
  if (entries.length > shown.length) shown.push([LEFT_OUT, `[+${entries.length - shown.length} fields]`]);
  return Object.fromEntries(shown);
}
