// Asks agents about an error.
import { get, post } from '../../api-client.ts';
import type { AgentList, Delegated, ErrorAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { useLoad } from '../../load.ts';
import { Show } from '../../parts/states.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { say } from '../../toast.ts';
import { asked } from './changes.ts';
import { DialogForm, textOf } from './dialog-form.ts';

/** Has no inbox of its own: naming nobody asks it. */
const ORCHESTRATOR = 'ada';

interface DelegateDialogFields {
  readonly error: ErrorAnswer;
  readonly onShut: () => void;
}

export function DelegateDialog({ error, onShut }: DelegateDialogFields) {
  const { state, reload } = useLoad<AgentList>('agents', (signal) => get('/api/agents', {}, signal));
  const send = async (fields: FormData) => {
    const questions = textOf(fields, 'questions')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const { created, delegations } = await post<Delegated>('/api/delegations', {
      error_id: error.id,
      agents: fields.getAll('agent'),
      reason: textOf(fields, 'reason'),
      priority: textOf(fields, 'priority'),
      questions,
    });
    asked.value += 1;
    const names = delegations.map(({ agent }) => agent).join(', ');
    say('done', created ? `Asked ${names}` : `${names} had been asked before`);
  };
  return html`<${DialogForm} title="Ask an agent" verb="Ask" onSend=${send} onShut=${onShut}>
    <${Show}
      what="the agents"
      state=${state}
      retry=${reload}
      show=${({ agents }: AgentList) =>
        html`<fieldset class="choices">
          <legend>Whom? Nobody chosen: whom the routes name.</legend>
          ${agents
            .filter(({ name }) => name !== ORCHESTRATOR)
            .map(
              ({ name, role, works_on: held, waiting }) =>
                html`<label key=${name}>
                  <input type="checkbox" name="agent" value=${name} />
                  <strong><${Untrusted} text=${name} /></strong> <${Untrusted} text=${role} />
                  <span class="quiet">${held.length} in work, ${waiting} waiting</span>
                </label>`,
            )}
        </fieldset>`}
    />
    <label class="field"
      >Why?<input name="reason" required maxlength="1000" placeholder="It comes back every night"
    /></label>
    <label class="field">
      Questions, one a line
      <textarea name="questions" rows="3" placeholder="Does the pool leak?"></textarea>
    </label>
    <label class="field">
      Priority
      <select name="priority">
        <option value="normal">normal</option>
        <option value="high">high</option>
        <option value="urgent">urgent</option>
      </select>
    </label>
  <//>`;
}
