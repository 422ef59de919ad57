// The row that j and k move: it is the one that is open, or the one that was last.
import { useEffect, useState } from 'preact/hooks';
import { useKeys } from '../../keys.ts';
import { goTo, route } from '../../route.ts';
import type { View } from '../../route.ts';

/** Returns the index of the row, -1: none yet. */
export function useCursor(ids: readonly string[], view: View): number {
  const { id: open, query } = route.value;
  const [cursor, setCursor] = useState(open);
  useEffect(() => {
    if (open !== undefined) setCursor(open);
  }, [open]);
  const at = cursor === undefined ? -1 : ids.indexOf(cursor);
  const move = (by: number) => {
    const next = ids[Math.max(0, Math.min(ids.length - 1, at + by))];
    if (next === undefined) return;
    setCursor(next);
    if (open !== undefined) goTo(view, next, query);
    else requestAnimationFrame(() => document.querySelector<HTMLElement>('.row[data-selected] a')?.focus());
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      if (cursor !== undefined) goTo(view, cursor, query);
    },
  });
  return at;
}
