// A list, and beside it what is open of it; where there is no room for both, instead of it. Escape shuts it.
import type { ComponentChildren } from 'preact';
import { html } from '../html.ts';
import { useKeys } from '../keys.ts';
import { Icon } from './icon.ts';
import { useFocusBack } from './use-focus-back.ts';

interface SplitFields {
  /** What a screen reader calls the list. */
  readonly label: string;
  /** undefined: nothing is open. */
  readonly pane?: ComponentChildren;
  readonly onShut: () => void;
  readonly children?: ComponentChildren;
}

export function Split({ label, pane, onShut, children }: SplitFields) {
  const isOpen = pane !== undefined;
  useFocusBack(isOpen);
  const shut = () => {
    if (isOpen) onShut();
  };
  useKeys({ Escape: shut });
  return html`<div class="split" data-open=${isOpen ? '' : undefined}>
    <section class="split-list" aria-label=${label}>${children}</section>
    ${
      isOpen
        ? html`<section class="split-pane" aria-label="Details">
            <button type="button" class="small split-back" onClick=${shut}>
              <${Icon} name="back" /> Back to the list
            </button>
            ${pane}
          </section>`
        : null
    }
  </div>`;
}
