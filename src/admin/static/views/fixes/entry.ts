// One thing that happened to an attempt, with its time, how long it took, and the evidence for it.
import type { ComponentChildren } from 'preact';
import type { FixAnswer } from '../../answers.ts';
import { html } from '../../html.ts';
import { Facts } from '../../parts/facts.ts';
import { Fold } from '../../parts/fold.ts';
import { Icon } from '../../parts/icon.ts';
import type { IconName } from '../../parts/icon.ts';
import { FixMark } from '../../parts/mark.ts';
import type { Tone } from '../../parts/mark.ts';
import { Moment, durationText } from '../../parts/time.ts';
import { Untrusted } from '../../parts/untrusted.ts';
import { linkTo } from '../../route.ts';
import { BeforeAfter } from './before-after.ts';
import type { Entry, EntryKind, Step } from './timeline.ts';
import { adviceFor } from './words.ts';

interface EntryFields {
  readonly entry: Entry;
  readonly fix: FixAnswer;
}

const LOOKS: Readonly<Record<EntryKind, readonly [title: string, icon: IconName, tone: Tone]>> = {
  fired: ['Fired', 'error', 'error'],
  diagnosing: ['Diagnosing', 'search', 'info'],
  diagnosed: ['Diagnosed', 'search', 'info'],
  waiting: ['Waited, to look again', 'waiting', 'warning'],
  asked: ['Approval asked for', 'waiting', 'warning'],
  approved: ['Approved', 'done', 'good'],
  intent: ['Intent on record', 'info', 'info'],
  acted: ['Acted', 'running', 'info'],
  verifying: ['Verified', 'search', 'info'],
  undoing: ['Undone', 'back', 'warning'],
  held: ['Held back', 'quiet', 'quiet'],
  ended: ['Ended', 'done', 'quiet'],
  relapsed: ['Came back', 'failed', 'error'],
};

const GOING_ON: Partial<Record<EntryKind, string>> = {
  waiting: 'Waiting, to look again',
  asked: 'Waits for approval',
  verifying: 'Verifying',
  undoing: 'Undoing',
  intent: 'Acting',
};

const STEP_TONES: Readonly<Record<Step['state'], readonly [icon: IconName, tone: Tone]>> = {
  intent: ['running', 'info'],
  done: ['done', 'good'],
  failed: ['failed', 'error'],
  unknown: ['warning', 'warning'],
  undone: ['back', 'warning'],
  skipped: ['quiet', 'quiet'],
};

export function TimelineEntry({ entry, fix }: EntryFields) {
  const { kind, at, tookMs, isNow, step, stepState, outcome, note } = entry;
  const [title, icon, tone] = lookOf(entry);
  return html`<li class="entry" data-now=${isNow ? '' : undefined}>
    <span class="entry-dot" data-tone=${tone}><${Icon} name=${icon} /></span>
    <p class="entry-head">
      <strong>${(isNow ? GOING_ON[kind] : undefined) ?? title}</strong>
      ${step === undefined ? null : html`<code><${Untrusted} text=${step.action} /></code>`}
      ${stepState === undefined ? null : html`<span data-tone=${tone}>${stepState}</span>`}
      ${kind === 'ended' ? html`<${FixMark} fix=${{ ...fix, outcome }} />` : null}
      <span class="entry-time quiet">
        ${tookMs === undefined ? null : html`<span>took ${durationText(tookMs, { precise: true })}</span>`}
        <span title="Since the first error that was counted">${sinceFirst(fix, at)}</span>
        <${Moment} at=${at} />
      </span>
    </p>
    <div class="entry-body">
      ${note === '' ? null : html`<p><${Untrusted} text=${note} /></p>`} ${bodyOf(entry, fix)}
    </div>
  </li>`;
}

function lookOf({ kind, stepState }: Entry): readonly [title: string, icon: IconName, tone: Tone] {
  return stepState === undefined ? LOOKS[kind] : [LOOKS.acted[0], ...STEP_TONES[stepState]];
}

function bodyOf(entry: Entry, fix: FixAnswer): ComponentChildren {
  const { kind, step, isLast } = entry;
  switch (kind) {
    case 'fired':
      return html`<${Cause} fix=${fix} />`;
    case 'diagnosed':
      return isLast ? html`<${Diagnosis} fix=${fix} />` : null;
    case 'intent':
      return step === undefined || Object.keys(step.params).length === 0
        ? null
        : html`<${Facts} facts=${step.params} />`;
    case 'acted':
      return step === undefined ? null : html`<${BeforeAfter} step=${step} />`;
    case 'verifying':
      return isLast && Object.keys(fix.verification).length > 0 ? html`<${Facts} facts=${fix.verification} />` : null;
    case 'held':
      return fix.suppression === null ? null : html`<p class="quiet">${adviceFor(fix.suppression)}</p>`;
    case 'diagnosing':
    case 'waiting':
    case 'asked':
    case 'approved':
    case 'undoing':
    case 'ended':
    case 'relapsed':
      return null;
  }
}

function Cause({ fix }: { readonly fix: FixAnswer }) {
  const { cause, requested_by: by, fingerprints, error_id: errorId } = fix;
  const first = Date.parse(cause.first_error_at);
  const spread = durationText(Math.max(0, Date.parse(cause.fired_at) - first), { precise: true });
  return html`<p>
    ${by === 'rule' ? null : html`<strong><${Untrusted} text=${by} /></strong> asked for it. `}
    ${`${cause.count} ${cause.count === 1 ? 'error' : 'errors'} of `}<b><${Untrusted} text=${cause.key} /></b>
    ${cause.count === 1 ? ': ' : ` within ${spread}: `}<a href=${linkTo('errors', errorId)}>the last one</a
    >${fingerprints.map(
      (fingerprint, index) =>
        html`, <a href=${linkTo('groups', fingerprint)}>its group${fingerprints.length > 1 ? ` ${index + 1}` : ''}</a>`,
    )}
  </p>`;
}

function Diagnosis({ fix }: { readonly fix: FixAnswer }) {
  const count = Object.keys(fix.facts).length;
  return html`${
      fix.finding === ''
        ? null
        : html`<p>
            <b class="mono"><${Untrusted} text=${fix.finding} /></b>
            ${fix.branch === '' ? null : html`<span class="quiet"> by branch <${Untrusted} text=${fix.branch} /></span>`}
          </p>`
    } <${Fold} name="fix-facts" title="Facts" note=${count}><${Facts} facts=${fix.facts} /><//>`;
}

function sinceFirst({ cause }: FixAnswer, at: string): string {
  const ms = Date.parse(at) - Date.parse(cause.first_error_at);
  return ms < 0 ? '' : `+${durationText(ms, { precise: true })}`;
}
