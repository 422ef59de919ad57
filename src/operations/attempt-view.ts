// An attempt as it is shown outside, under the name that callers use for it: a fix. Texts and values in it that come from
// errors and probes are data, whatever they say.
import * as z from 'zod';
import { attemptStates, outcomes, suppressions } from '../healing/attempt.ts';
import type { Attempt, Step } from '../healing/attempt.ts';
import { timeView, toTime } from './error-view.ts';
import { timeOrNull } from './or-null.ts';

const scalar = z.union([z.string(), z.number(), z.boolean()]);
export const factsView = z.record(z.string(), scalar);
export const paramsView = z.record(z.string(), z.union([scalar, z.array(scalar).readonly()]));
export const modeView = z.enum(['observe', 'approve', 'auto']);

export const fixItem = z.object({
  id: z.string(),
  state: z.enum(attemptStates),
  outcome: z.enum(outcomes).nullable().describe('How it ended; null before. Only `succeeded` was proven to help.'),
  suppression: z.enum(suppressions).nullable().describe('Why nothing was done; null when something was.'),
  rule_id: z.string(),
  mode: modeView,
  requested_by: z.string().describe('`rule`, or the name of the token that asked.'),
  company_id: z.int(),
  error_id: z.string().describe('The error that completed the count.'),
  fingerprints: z.array(z.string()).describe('The groups whose errors were counted.'),
  target: z.string().describe('What it acts on; empty before that is known.'),
  branch: z.string(),
  finding: z.string().describe('What is wrong, as the diagnosis says.'),
  note: z.string().describe('What happened and why.'),
  escalated_to: z.string().nullable(),
  joined: z.int().describe('Later firings that joined it.'),
  started_at: timeView,
  acted_at: timeView.nullable().describe('End of the last action; null when nothing was changed.'),
  updated_at: timeView,
  ended_at: timeView.nullable(),
  due_at: timeView.nullable().describe('When its approval expires, its wait ends or its watch is over.'),
});

const stepView = z.object({
  id: z.string(),
  action: z.string(),
  params: paramsView,
  state: z.enum(['intent', 'done', 'failed', 'unknown', 'undone', 'skipped']),
  before: factsView.describe('What was found before it acted, and the values wanted.'),
  after: factsView.describe('What was seen afterwards.'),
  intent_at: timeView,
  ended_at: timeView.nullable(),
  took_ms: z.int().nullable(),
  note: z.string(),
});

const sinceFirst = z.int().nullable();

export const fixView = fixItem.extend({
  rule_hash: z.string().describe('Of the rule as it was.'),
  cause: z
    .object({ key: z.string(), count: z.int(), first_error_at: timeView, fired_at: timeView })
    .describe('What the rule counted, and for which key.'),
  container_id: z.string().nullable(),
  facts: factsView.describe('What the probes found, as `<probe>.<name>`.'),
  planned: z
    .array(stepView.pick({ id: true, action: true, params: true }))
    .describe('What a person is asked to approve: a ladder, the next when those before did not help.'),
  steps: z.array(stepView),
  verification: factsView.describe('What was seen after the last action.'),
  questions: z.array(z.string()).describe('What the one it was handed to is asked.'),
  timings_ms: z
    .object({ fired: sinceFirst, started: sinceFirst, acted: sinceFirst, ended: sinceFirst })
    .describe('Since the first error that was counted.'),
});

export function toFixItem(attempt: Attempt): z.output<typeof fixItem> {
  return {
    id: attempt.id,
    state: attempt.state,
    outcome: attempt.outcome ?? null,
    suppression: attempt.suppression ?? null,
    rule_id: attempt.ruleId,
    mode: attempt.mode,
    requested_by: attempt.requestedBy,
    company_id: attempt.cause.companyId,
    error_id: attempt.cause.errorId,
    fingerprints: [...attempt.cause.fingerprints],
    target: attempt.targetName,
    branch: attempt.branch,
    finding: attempt.finding,
    note: attempt.note,
    escalated_to: attempt.escalatedTo === '' ? null : attempt.escalatedTo,
    joined: attempt.joined,
    started_at: toTime(attempt.startedAtMs),
    acted_at: attempt.actedAtMs === 0 ? null : toTime(attempt.actedAtMs),
    updated_at: toTime(attempt.updatedAtMs),
    ended_at: timeOrNull(attempt.endedAtMs),
    due_at: timeOrNull(attempt.dueAtMs),
  };
}

export function toFixView(attempt: Attempt): z.output<typeof fixView> {
  const { cause } = attempt;
  const sinceFirstMs = (ms: number | undefined) =>
    ms === undefined || ms === 0 ? null : Math.round(ms - cause.firstErrorAtMs);
  return {
    ...toFixItem(attempt),
    rule_hash: attempt.ruleHash,
    cause: {
      key: cause.key,
      count: cause.count,
      first_error_at: toTime(cause.firstErrorAtMs),
      fired_at: toTime(cause.firedAtMs),
    },
    container_id: attempt.containerId === '' ? null : attempt.containerId,
    facts: { ...attempt.facts },
    planned: (attempt.planned ?? []).map(({ id, action, params }) => ({ id, action, params: { ...params } })),
    steps: attempt.steps.map(toStepView),
    verification: { ...attempt.verification },
    questions: [...attempt.questions],
    timings_ms: {
      fired: sinceFirstMs(cause.firedAtMs),
      started: sinceFirstMs(attempt.startedAtMs),
      acted: sinceFirstMs(attempt.actedAtMs),
      ended: sinceFirstMs(attempt.endedAtMs),
    },
  };
}

function toStepView(step: Step): z.output<typeof stepView> {
  return {
    id: step.id,
    action: step.action,
    params: { ...step.params },
    state: step.state,
    before: { ...step.before },
    after: { ...step.after },
    intent_at: toTime(step.intentAtMs),
    ended_at: timeOrNull(step.endedAtMs),
    took_ms: step.endedAtMs === undefined ? null : Math.round(step.endedAtMs - step.intentAtMs),
    note: step.note,
  };
}
