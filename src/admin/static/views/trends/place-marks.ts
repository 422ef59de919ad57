// Where marks stand over a chart. Pure.

export interface Placed<Item> {
  /** From the chart's left. */
  readonly left: number;
  /** In the order of time; never none. */
  readonly items: readonly [Item, ...Item[]];
}

/** Two marks nearer than this could not be told apart, nor met with a finger. */
const APART_PX = 24;

/** What stands too near to the one before stands with it; what is outside of the chart is left out. */
export function placeMarks<Item>(
  items: readonly Item[],
  atMs: (item: Item) => number,
  toPixels: (ms: number) => number | undefined,
): readonly Placed<Item>[] {
  const placed: { left: number; items: [Item, ...Item[]] }[] = [];
  for (const item of items.toSorted((one, other) => atMs(one) - atMs(other))) {
    const left = toPixels(atMs(item));
    const last = placed.at(-1);
    if (left === undefined) continue;
    if (last !== undefined && left - last.left < APART_PX) last.items.push(item);
    else placed.push({ left, items: [item] });
  }
  return placed;
}
