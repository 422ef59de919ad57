// One of several values, for what a view is narrowed to.
import { html } from '../html.ts';
import { nameHidden } from './untrusted.ts';

export type Options = readonly (readonly [value: string, text: string])[];

interface ChoiceFields {
  readonly label: string;
  readonly value: string;
  readonly options: Options;
  readonly onPick: (value: string) => void;
}

export function Choice({ label, value, options, onPick }: ChoiceFields) {
  const pick = ({ currentTarget }: { readonly currentTarget: HTMLSelectElement }) => onPick(currentTarget.value);
  // What is chosen must be seen, also when it is not among the options any more.
  const all: Options = options.some(([name]) => name === value) ? options : [...options, [value, value]];
  return html`<select aria-label=${label} value=${value} onChange=${pick}>
    ${all.map(([name, text]) => html`<option key=${name} value=${name}>${nameHidden(text)}</option>`)}
  </select>`;
}
