// What agents are told of an attempt: one of seven words, and a sentence of ours. The attempt's own note may quote what
// probes and errors said, and is shown as data beside it.
import type * as z from 'zod';
import type { AttemptState, Outcome, Suppression } from '../healing/attempt.ts';
import { actions } from '../healing/actions/catalogue.ts';
import type { fixItem, fixView } from '../operations/attempt-view.ts';
import { step } from './next-steps.ts';
import type { NextStep } from './tool.ts';

export const fixStatuses = [
  'applied',
  'running',
  'no_rule',
  'approval_required',
  'declined',
  'blocked',
  'failed',
] as const;
export type FixStatus = (typeof fixStatuses)[number];

type Fix = Pick<z.output<typeof fixItem>, 'state' | 'outcome' | 'suppression'>;

interface Told {
  readonly status: FixStatus;
  /** true: proven to help; false: proven not to, or not done; null: not known (yet). */
  readonly verified: boolean | null;
  readonly summary: string;
}

const byOutcome: Readonly<Record<Outcome, Told>> = {
  succeeded: { status: 'applied', verified: true, summary: 'Fixed, and proven to help.' },
  self_healed: { status: 'applied', verified: true, summary: 'Nothing had to be changed: it works again.' },
  inconclusive: { status: 'applied', verified: null, summary: 'Changed, but nothing proves that it helped.' },
  ineffective: { status: 'failed', verified: false, summary: 'Changed, and it did not help.' },
  worse: { status: 'failed', verified: false, summary: 'It made things worse; what could be undone was undone.' },
  failed: { status: 'failed', verified: false, summary: 'The change could not be made.' },
  undiagnosed: { status: 'failed', verified: false, summary: 'The diagnosis found nothing that the rule knows.' },
  superseded: { status: 'blocked', verified: null, summary: 'The target or the rule changed meanwhile.' },
  rejected: { status: 'declined', verified: null, summary: 'A person declined it.' },
  expired: { status: 'declined', verified: null, summary: 'Nobody approved it in time.' },
  rolled_back: { status: 'failed', verified: false, summary: 'It was undone.' },
  relapsed: { status: 'failed', verified: false, summary: 'It helped, but the errors came back.' },
  escalated: { status: 'failed', verified: false, summary: 'Diagnosed, but not for a rule to fix: handed over.' },
  abandoned: { status: 'blocked', verified: null, summary: 'The processor stopped before anything was done.' },
};

export const bySuppression: Readonly<Record<Suppression, string>> = {
  observe: 'The mode is observe: it looks and does not act.',
  paused: 'All fixes are paused.',
  protected: 'The target is protected.',
  not_enabled: 'The target does not carry the label errata.autofix=true.',
  no_target: 'No target was found.',
  ambiguous_target: 'Several targets fit.',
  other_company: 'The target belongs to others.',
  unavailable: 'The rule cannot work here.',
  deploy_in_progress: 'A deployment is under way.',
  operator_hold: 'Somebody is working on the target.',
  cooldown: 'The rule acted a short while ago.',
  attempts: 'The rule used up its attempts.',
  breaker_open: 'The rule failed too often and is stopped for a while.',
  budget: 'The budget of fixes for this hour is used up.',
  common_cause: 'Many services fail at once: there is one cause behind them.',
  busy: 'Another fix works on the target.',
};

const RUNNING: Told = { status: 'running', verified: null, summary: 'Under way.' };
const WAITING: Told = {
  status: 'approval_required',
  verified: null,
  summary: 'A person must approve it at approval_url. Calling again changes nothing.',
};

export function tell({ state, outcome, suppression }: Fix): Told {
  if (state === 'awaiting_approval') return WAITING;
  if (suppression !== null) return { status: 'blocked', verified: null, summary: bySuppression[suppression] };
  if (outcome !== null && state === 'ended') return byOutcome[outcome];
  return RUNNING;
}

/** What the list of fixes is asked for. */
export function filterOf(status: Exclude<FixStatus, 'no_rule'>): { state?: AttemptState[]; outcome?: Outcome[] } {
  switch (status) {
    case 'approval_required':
      return { state: ['awaiting_approval'] };
    case 'running':
      return { state: ['matched', 'diagnosing', 'diagnosed', 'waiting', 'acting', 'verifying', 'rolling_back'] };
    case 'blocked':
      return { state: ['suppressed'] };
    case 'applied':
    case 'declined':
    case 'failed':
      return {
        outcome: (Object.keys(byOutcome) as Outcome[]).filter((outcome) => byOutcome[outcome].status === status),
      };
  }
}

/** healing/runner.ts: later nobody can tell what the fix changed from what others did. */
const UNDO_WITHIN_MS = 24 * 3_600_000;

/** The exact call that undoes it; undefined where nothing can be undone. */
export function undoOf(fix: z.output<typeof fixView>, nowMs: number): NextStep | undefined {
  const canUndo =
    fix.state === 'ended' &&
    nowMs - Date.parse(fix.updated_at) <= UNDO_WITHIN_MS &&
    fix.steps.some(({ state, action }) => state === 'done' && actions.get(action)?.undo !== undefined);
  if (!canUndo) return undefined;
  return step('devops.fixes.rollback', { fix_id: fix.id, reason: 'The fix is not wanted any more.' }, 'Undo this fix.');
}
