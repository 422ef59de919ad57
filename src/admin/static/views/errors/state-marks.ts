// Open, resolved, came back, fixed.
import { html } from '../../html.ts';
import { Mark } from '../../parts/mark.ts';

interface StateMarksFields {
  readonly resolved: boolean;
  readonly regressed: boolean;
  readonly fixed: boolean;
}

export function StateMarks({ resolved, regressed, fixed }: StateMarksFields) {
  return html`
    ${
      resolved
        ? html`<${Mark} tone="good" icon="done" text="resolved" />`
        : html`<${Mark} tone="quiet" icon="waiting" text="open" />`
    }
    ${regressed ? html`<${Mark} tone="error" icon="back" text="came back" title="It was resolved before" />` : null}
    ${fixed ? html`<${Mark} tone="good" icon="done" text="fixed by rule" title="And proven" />` : null}
  `;
}
