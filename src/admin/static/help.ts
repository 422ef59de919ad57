// What the keys do.
import { html } from './html.ts';
import { Dialog } from './parts/dialog.ts';

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['/', 'search'],
  ['j  k', 'next, previous row'],
  ['Enter', 'open the row'],
  ['Esc', 'back to the list; out of a field'],
  ['g f', 'error feed'],
  ['g x', 'auto-fix log'],
  ['g a', 'agent activity'],
  ['g t', 'health trends'],
  ['?', 'this help'],
];

export function Help({ onClose }: { readonly onClose: () => void }) {
  return html`<${Dialog} title="Keys" onClose=${onClose}>
    <dl class="keys">
      ${KEYS.map(
        ([keys, does]) =>
          html`<div>
            <dt>${keys.split(/\s+/).map((key) => html`<kbd>${key}</kbd> `)}</dt>
            <dd>${does}</dd>
          </div>`,
      )}
    </dl>
    <div class="dialog-end"><button type="button" onClick=${onClose}>Close</button></div>
  <//>`;
}
