// Where the focus goes when what is open beside a list is shut: back to its row.
import { useEffect, useRef } from 'preact/hooks';

export function useFocusBack(isOpen: boolean): void {
  const wasOpen = useRef(isOpen);
  useEffect(() => {
    // Once the pane is gone with what had the focus; a frame later the list has its room again.
    if (wasOpen.current && !isOpen && document.activeElement === document.body)
      requestAnimationFrame(() => document.querySelector<HTMLElement>('.row[data-selected] a')?.focus());
    wasOpen.current = isOpen;
  }, [isOpen]);
}
