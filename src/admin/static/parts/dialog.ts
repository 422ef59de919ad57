// A question that wants an answer before anything else: the browser's own dialog, which holds the focus, closes on Escape and
// gives the focus back.
import { useEffect, useId, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { html } from '../html.ts';

interface DialogFields {
  readonly title: string;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** Shown while it is rendered. */
export function Dialog({ title, onClose, children }: DialogFields) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return html`<dialog ref=${element} aria-labelledby=${titleId} onCancel=${cancel(onClose)}>
    <h2 id=${titleId}>${title}</h2>
    ${children}
  </dialog>`;
}

/** The one who shows it takes it away. */
function cancel(onClose: () => void): (event: Event) => void {
  return (event) => {
    event.preventDefault();
    onClose();
  };
}
