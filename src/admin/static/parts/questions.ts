// What somebody is asked, when there is anything to ask.
import { html } from '../html.ts';
import { Untrusted } from './untrusted.ts';

export function Questions({ questions }: { readonly questions: readonly string[] }) {
  if (questions.length === 0) return null;
  return html`<ul class="bullets">
    ${questions.map((question) => html`<li key=${question}><${Untrusted} text=${question} /></li>`)}
  </ul>`;
}
