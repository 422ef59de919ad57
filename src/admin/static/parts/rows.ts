// A list of any length of which only the rows in sight exist. All rows are of one height, so where each stands is known
// without looking at it. The rows around the sight are there too, so that a quick scroll shows no gap.
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { html } from '../html.ts';

interface RowsFields<Item> {
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  readonly rowHeight: number;
  readonly render: (item: Item, index: number) => VNode;
  /** Kept in sight, and focused when it changes: the row's first link. */
  readonly selected: number;
  /** What a screen reader calls the list. */
  readonly label: string;
  /** How many there are in all, also those that were not loaded yet. */
  readonly total: number;
  readonly onScrolled?: (isAtTop: boolean) => void;
  /** The last rows are near. */
  readonly onEnd?: () => void;
}

const AROUND = 12;
const NEAR_END = 60;

function rowsInSight(
  { scrollTop, height }: { readonly scrollTop: number; readonly height: number },
  rowHeight: number,
  count: number,
): { readonly first: number; readonly last: number } {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - AROUND);
  return { first, last: Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + AROUND) };
}

export function Rows<Item>(fields: RowsFields<Item>) {
  const { items, keyOf, rowHeight, render, selected, label, total, onScrolled, onEnd } = fields;
  const element = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ scrollTop: 0, height: 900 });
  const { first, last } = rowsInSight(sight, rowHeight, items.length);

  const look = () => {
    const box = element.current;
    if (box === null) return;
    setSight({ scrollTop: box.scrollTop, height: box.clientHeight });
    onScrolled?.(box.scrollTop < rowHeight);
  };
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) return undefined;
    const watcher = new ResizeObserver(look);
    watcher.observe(box);
    return () => watcher.disconnect();
  }, []);
  useEffect(() => {
    if (last > items.length - NEAR_END) onEnd?.();
  }, [last, items.length]);
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null || selected < 0) return;
    const top = selected * rowHeight;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = top + rowHeight - box.clientHeight;
  }, [selected]);

  return html`<div class="rows" ref=${element} onScroll=${look} role="list" aria-label=${label}>
    <div class="rows-all" style=${{ height: `${items.length * rowHeight}px` }}>
      ${items.slice(first, last).map((item, offset) => {
        const index = first + offset;
        return html`<div
          key=${keyOf(item)}
          class="row"
          role="listitem"
          aria-setsize=${total}
          aria-posinset=${index + 1}
          data-index=${index}
          data-selected=${index === selected ? '' : undefined}
          style=${{ height: `${rowHeight}px`, transform: `translateY(${index * rowHeight}px)` }}
        >
          ${render(item, index)}
        </div>`;
      })}
    </div>
  </div>`;
}
