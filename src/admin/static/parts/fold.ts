// A part of a detail pane with a heading, folded or not; whether it is folded is remembered for all details of that kind.
import type { ComponentChildren } from 'preact';
import { html } from '../html.ts';
import { keep, kept } from '../kept.ts';

interface FoldFields {
  /** What it is remembered by. */
  readonly name: string;
  readonly title: string;
  /** Beside the title, in small: a count. */
  readonly note?: string | number | undefined;
  readonly open?: boolean;
  readonly children?: ComponentChildren;
}

export function Fold({ name, title, note, open = true, children }: FoldFields) {
  const isOpen = (kept(`fold.${name}`) ?? (open ? 'open' : 'shut')) === 'open';
  const remember = ({ currentTarget }: { readonly currentTarget: HTMLDetailsElement }) =>
    keep(`fold.${name}`, currentTarget.open === open ? undefined : currentTarget.open ? 'open' : 'shut');
  return html`<details class="fold" open=${isOpen} onToggle=${remember}>
    <summary>
      <h3>${title}</h3>
      ${note === undefined ? null : html`<span class="fold-note">${note}</span>`}
    </summary>
    <div class="fold-body">${children}</div>
  </details>`;
}
