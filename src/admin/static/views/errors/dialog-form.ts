// A dialog that sends something: its fields, what was refused, and the two ways out.
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { html } from '../../html.ts';
import { toProblem } from '../../load.ts';
import { Dialog } from '../../parts/dialog.ts';

interface DialogFormFields {
  readonly title: string;
  /** On the button that sends. */
  readonly verb: string;
  /** Sends; what it throws is shown, and the dialog stays. */
  readonly onSend: (fields: FormData) => Promise<void>;
  readonly onShut: () => void;
  readonly children?: ComponentChildren;
}

export function DialogForm({ title, verb, onSend, onShut, children }: DialogFormFields) {
  const [refusal, setRefusal] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    setBusy(true);
    onSend(new FormData(event.currentTarget)).then(onShut, (cause: unknown) => {
      setRefusal(toProblem(cause).message);
      setBusy(false);
    });
  };
  return html`<${Dialog} title=${title} onClose=${onShut}>
    <form class="dialog-form" onSubmit=${submit}>
      ${children} ${refusal === '' ? null : html`<p class="tone" data-tone="error" role="alert">${refusal}</p>`}
      <div class="dialog-end">
        <button type="button" onClick=${onShut}>Cancel</button>
        <button type="submit" class="primary" disabled=${busy}>${verb}</button>
      </div>
    </form>
  <//>`;
}

/** A field of text, trimmed. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
