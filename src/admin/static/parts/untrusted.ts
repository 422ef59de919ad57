// Text that somebody else wrote: messages, names, notes, reports. It is shown as it is, but characters that can't be seen
// or that turn the direction of writing are named, because with them a text reads other than it is.
import { html } from '../html.ts';

/** Controls but tab and line ends, formats (zero-width, bidi, tags), separators of lines, fillers that draw nothing. */
const HIDDEN = /((?![\t\n]|\r\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])/u;

export function Untrusted({ text }: { readonly text: string }) {
  if (!HIDDEN.test(text)) return html`<bdi>${text}</bdi>`;
  return html`<bdi
    >${text
      .split(HIDDEN)
      .map((part, index) =>
        index % 2 === 0 ? part : html`<span class="hidden-character">${nameOf(part)}</span>`,
      )}</bdi
  >`;
}

/** The same as plain text, where no markup can be: options of a choice, titles. */
export function nameHidden(text: string): string {
  return text
    .split(HIDDEN)
    .map((part, index) => (index % 2 === 0 ? part : nameOf(part)))
    .join('');
}

function nameOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
