// Whether a list may move under the eyes: not while it is scrolled down, and not while the pointer is over it, where a
// click would meet another row than the one that was aimed at.
import { useRef } from 'preact/hooks';

export interface Hold {
  readonly isHeld: () => boolean;
  readonly onScrolled: (isAtTop: boolean) => void;
  readonly onPointerEnter: () => void;
  readonly onPointerLeave: () => void;
}

/** `onFree` is called when it may move again. */
export function useHold(onFree: () => void): Hold {
  const state = useRef({ isAtTop: true, isPointedAt: false });
  const free = useRef(onFree);
  free.current = onFree;
  const isHeld = () => !state.current.isAtTop || state.current.isPointedAt;
  const set = (change: Partial<{ isAtTop: boolean; isPointedAt: boolean }>) => {
    const before = isHeld();
    state.current = { ...state.current, ...change };
    if (before && !isHeld()) free.current();
  };
  return {
    isHeld,
    onScrolled: (isAtTop) => set({ isAtTop }),
    onPointerEnter: () => set({ isPointedAt: true }),
    onPointerLeave: () => set({ isPointedAt: false }),
  };
}
