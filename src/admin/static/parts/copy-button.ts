// Copies a text that is too long to mark by hand.
import { html } from '../html.ts';
import { say } from '../toast.ts';

interface CopyFields {
  readonly text: string;
  /** `id`, `stack`. */
  readonly what: string;
}

export function CopyButton({ text, what }: CopyFields) {
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => say('done', `Copied the ${what}`),
      () => say('failed', 'This browser did not let the page copy'),
    );
  };
  return html`<button type="button" class="small" aria-label="Copy the ${what}" onClick=${copy}>Copy</button>`;
}
