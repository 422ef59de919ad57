// The row that j and k move: it is the one that is open, or the one that was last.
import { useEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../../keys.ts';
import { goTo, route } from '../../route.ts';
import type { View } from '../../route.ts';

/** Returns the index of the row, -1: none yet. */
export function useCursor(ids: readonly string[], view: View): number {
  const { id: open, query } = route.value;
  // Keys may come quicker than renderings.
  const cursor = useRef(open);
  const [, render] = useState(0);
  useEffect(() => {
    if (open === undefined) return;
    cursor.current = open;
    render((count) => count + 1);
  }, [open]);
  const at = () => (cursor.current === undefined ? -1 : ids.indexOf(cursor.current));
  const move = (by: number) => {
    const next = ids[Math.max(0, Math.min(ids.length - 1, at() + by))];
    if (next === undefined) return;
    cursor.current = next;
    render((count) => count + 1);
    if (open !== undefined) goTo(view, next, query);
    else requestAnimationFrame(() => document.querySelector<HTMLElement>('.row[data-selected] a')?.focus());
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => {
      if (cursor.current !== undefined) goTo(view, cursor.current, query);
    },
  });
  return at();
}
