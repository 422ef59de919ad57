// What is known of one error, the most telling first.
import type { ErrorAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { Facts } from '../../parts/facts.ts';
import { Fold } from '../../parts/fold.ts';
import { Ago, Moment } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { Delegations, Fixes } from './done-about-it.ts';
import { Similar } from './similar.ts';
import { Stack } from './stack.ts';
import { Trace } from './trace.ts';
import { Why } from './why.ts';

export function ErrorBody({ error }: { readonly error: ErrorAnswer }) {
  const details = Object.entries(error.details);
  return html`<div class="pane-body">
    <dl class="facts facts-short">
      <div>
        <dt>happened</dt>
        <dd>
          <${Moment} at=${error.timestamp} /> <span class="quiet">(<${Ago} at=${error.timestamp} words />)</span>
        </dd>
      </div>
      ${places(error).map(
        ([name, value]) =>
          html`<div key=${name}>
            <dt>${name}</dt>
            <dd><${Untrusted} text=${value} /></dd>
          </div>`,
      )}
    </dl>
    ${
      error.resolution_notes === null
        ? null
        : html`<div class="notes">
            <h3>Resolved with</h3>
            <p><${Untrusted} text=${error.resolution_notes} /></p>
          </div>`
    }
    <${Fixes} fingerprint=${error.fingerprint} />
    <${Delegations} errorId=${error.id} />
    ${
      error.stack_trace === ''
        ? null
        : html`<${Fold} name="stack" title="Stack"><${Stack} stack=${error.stack_trace} /><//>`
    }
    ${
      details.length === 0
        ? null
        : html`<${Fold} name="details" title="Details" note=${details.length}><${Facts} facts=${error.details} /><//>`
    }
    ${error.trace.length === 0 ? null : html`<${Trace} error=${error} />`}
    <${Similar} errorId=${error.id} />
    <${Fold} name="why" title="Why this group" open=${false}><${Why} why=${error.why} /><//>
  </div>`;
}

function places(error: ErrorAnswer): readonly (readonly [name: string, value: string])[] {
  const all: readonly (readonly [string, string])[] = [
    ['environment', error.environment],
    ['release', error.release],
    ['host', error.host],
    ['container', error.container_id.slice(0, 12)],
    ['handled', error.handled ? 'yes: caught and reported' : 'no: it ended the operation'],
    ['trace', error.trace_id],
    ['arrived as', error.source.replaceAll('_', ' ')],
  ];
  return all.filter(([, value]) => value !== '');
}
