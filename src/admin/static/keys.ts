// Keys of the whole page. Parts add theirs while they are shown; what was added last wins. They rest while somebody
// types, and while a dialog is open, which has Escape for itself.
import { useEffect, useRef } from 'preact/hooks';

/** A key as KeyboardEvent.key says, or two after each other: `g f`. */
export type Keys = Readonly<Record<string, () => void>>;

const layers: { current: Keys }[] = [];

/** The second key of two must come within this. */
const CHORD_MS = 1_200;

let before = { key: '', atMs: 0 };

export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isBusy(event)) return;
    const chord = event.timeStamp - before.atMs < CHORD_MS ? `${before.key} ${event.key}` : '';
    const act = find(chord) ?? find(event.key);
    before = { key: event.key, atMs: event.timeStamp };
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

/** Adds keys while the component is shown. */
export function useKeys(keys: Keys): void {
  // The keys of the last rendering, at once: effects come later than the next key of somebody quick.
  const layer = useRef(keys);
  layer.current = keys;
  useEffect(() => {
    layers.push(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  }, []);
}

function find(key: string): (() => void) | undefined {
  return layers.findLast(({ current }) => Object.hasOwn(current, key))?.current[key];
}

function isBusy({ target, key }: KeyboardEvent): boolean {
  if (document.querySelector('dialog[open]') !== null) return true;
  if (!(target instanceof HTMLElement)) return false;
  const types = target.matches('input:not([type=checkbox], [type=radio]), textarea, select');
  if (types && key === 'Escape') target.blur();
  return types;
}
