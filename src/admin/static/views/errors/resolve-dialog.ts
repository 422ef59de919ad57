// Resolves an error or its group: with what was done about it, because the next one who meets it reads that.
import { post } from '../../api-client.ts';
import type { ErrorAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { say } from '../../toast.ts';
import { resolution } from './changes.ts';
import { DialogForm, textOf } from './dialog-form.ts';

interface ResolveDialogFields {
  readonly error: ErrorAnswer;
  readonly onShut: () => void;
  readonly onDone: () => void;
}

export function ResolveDialog({ error, onShut, onDone }: ResolveDialogFields) {
  const count = error.group?.count ?? 1;
  const send = async (fields: FormData) => {
    const scope = textOf(fields, 'scope');
    await post(`/api/errors/${error.id}/resolve`, { resolution_notes: textOf(fields, 'notes'), scope });
    const isGroup = scope === 'group';
    resolution.value = { of: isGroup ? { fingerprint: error.fingerprint } : { id: error.id }, resolved: true };
    say('done', isGroup ? 'Resolved. If it comes back, the group is open again' : 'This error is resolved');
    onDone();
  };
  return html`<${DialogForm} title="Resolve" verb="Resolve" onSend=${send} onShut=${onShut}>
    <label class="field">
      What was done about it?
      <textarea
        name="notes"
        rows="4"
        required
        maxlength="10000"
        placeholder="Restarted the PostgreSQL container"
      ></textarea>
    </label>
    <fieldset class="choices">
      <legend class="unseen">What is resolved</legend>
      <label
        ><input type="radio" name="scope" value="group" checked /> The group: all ${count.toLocaleString('en')} up to
        now</label
      >
      <label><input type="radio" name="scope" value="error" /> This error only</label>
    </fieldset>
  <//>`;
}
