// A state in a word, with an icon and a colour that say it again.
import type { ComponentChildren } from 'preact';
import type { ErrorItem, FixItem } from '../answers.ts';
import { html } from '../html.ts';
import { Icon } from './icon.ts';
import type { IconName } from './icon.ts';

/** What the colour means. */
export type Tone = 'critical' | 'error' | 'warning' | 'info' | 'good' | 'quiet';

interface MarkFields {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly text: ComponentChildren;
  readonly title?: string;
}

export function Mark({ tone, icon, text, title }: MarkFields) {
  return html`<span class="mark" data-tone=${tone} title=${title}><${Icon} name=${icon} />${text}</span>`;
}

export function SeverityMark({ severity }: { readonly severity: ErrorItem['severity'] }) {
  return html`<${Mark} tone=${severity} icon=${severity} text=${severity} />`;
}

/** In rows, where the word would stand on each line: the icon alone, with the word for those who can't see it. */
export function SeverityIcon({ severity }: { readonly severity: string }) {
  const name = isSeverity(severity) ? severity : 'info';
  return html`<span class="tone" data-tone=${name} title=${severity}><${Icon} name=${name} label=${severity} /></span>`;
}

/** How an attempt stands or ended. Only `succeeded` was proven. */
export function FixMark({ fix }: { readonly fix: Pick<FixItem, 'state' | 'outcome' | 'suppression'> }) {
  const text = fix.outcome ?? fix.suppression ?? fix.state;
  return html`<${Mark} ...${lookOfFix(fix)} text=${text.replaceAll('_', ' ')} />`;
}

function lookOfFix({ state, outcome, suppression }: Pick<FixItem, 'state' | 'outcome' | 'suppression'>): {
  readonly tone: Tone;
  readonly icon: IconName;
} {
  if (suppression !== null) return { tone: 'quiet', icon: 'quiet' };
  if (outcome === null) {
    return state === 'awaiting_approval' || state === 'waiting'
      ? { tone: 'warning', icon: 'waiting' }
      : { tone: 'info', icon: 'running' };
  }
  switch (outcome) {
    case 'succeeded':
    case 'self_healed':
      return { tone: 'good', icon: 'done' };
    case 'superseded':
    case 'rejected':
    case 'abandoned':
    case 'expired':
      return { tone: 'quiet', icon: 'quiet' };
    case 'inconclusive':
    case 'undiagnosed':
    case 'escalated':
      return { tone: 'warning', icon: 'warning' };
    case 'ineffective':
    case 'worse':
    case 'failed':
    case 'rolled_back':
    case 'relapsed':
      return { tone: 'error', icon: 'failed' };
  }
}

function isSeverity(text: string): text is ErrorItem['severity'] {
  return text === 'critical' || text === 'error' || text === 'warning' || text === 'info';
}
