// Name, description and input are those of the seed, to the letter: what is safe is decided by policy, not by arguments.
// One live attempt for each target: the same call again answers the same fix. Where a person must agree, a token cannot:
// the answer is `approval_required`, and only a consent that the server itself collected carries it on.
import { setTimeout } from 'node:timers/promises';
import * as z from 'zod';
import type { fixView } from '../../operations/attempt-view.ts';
import { approveFix } from '../../operations/approve-fix.ts';
import { fixError } from '../../operations/fix-error.ts';
import { getFix } from '../../operations/get-fix.ts';
import { NAME_CHARS, NOTE_CHARS, cut } from '../budget.ts';
import { askToCarryOut, fixUrl } from '../consent-question.ts';
import { bySuppression, fixStatuses, tell, undoOf } from '../fix-status.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { defineTool } from '../tool.ts';
import type { NextStep, ToolContext } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

const output = z.object({
  fix_id: z.string().nullable(),
  error_id: z.string(),
  status: z.enum(fixStatuses),
  rule_id: z.string().nullable(),
  summary: z.string(),
  finding: z.string().nullable().describe('What the diagnosis says.'),
  target: z.string().nullable(),
  note: z.string(),
  approval_url: z.string().nullable().describe('Where a person approves it.'),
  verified: z
    .boolean()
    .nullable()
    .describe('true: proven to help; false: it did not, or was not done; null: not known.'),
  undo: z
    .object({ tool: z.string(), arguments: z.record(z.string(), z.unknown()) })
    .nullable()
    .describe('The call that undoes it; null: nothing to undo (yet).'),
  untrusted: z.string(),
  next_steps: nextStepsView,
});
type Output = z.output<typeof output>;
type Fix = z.output<typeof fixView>;

/**
 * Diagnosis is mostly done by then, and the answer says what is to come instead of `running`. Over stdio each look is a
 * call of REST, which counts for the token's rate and leaves a row of activity.
 */
const LOOK_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 500;

/** A form that was closed is no decision for good. */
const DECLINED = 'The person who was asked did not approve it. It still waits at approval_url.';

const NO_RULE = 'No rule knows this error.';
const UNAVAILABLE = 'A rule knows this error, but cannot work here: note says why.';

const LOOKING: ReadonlySet<Fix['state']> = new Set(['matched', 'diagnosing', 'diagnosed']);

export const errorsFix = defineTool({
  name: 'devops.errors.fix',
  description: 'Attempt to auto-fix an infrastructure error',
  input: z.strictObject({ error_id: z.string() }),
  output,
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: true },
  scope: scopeOf['devops.errors.fix'],
  async run(context, { error_id }) {
    const answer = await context.perform(fixError, { id: error_id });
    const id = error_id.toLowerCase();
    if (answer.attempt === undefined)
      return { kind: 'answer', output: withoutFix(context, id, answer), truncated: false };
    const fix = await diagnosed(context, answer.attempt);
    if (fix.state !== 'awaiting_approval') {
      return { kind: 'answer', output: ofFix(context, id, fix), truncated: false };
    }
    if (context.consented === fix.id) {
      const approved = await context.perform(approveFix, { id: fix.id });
      return { kind: 'answer', output: ofFix(context, id, approved), truncated: false };
    }
    if (context.declined === fix.id) {
      const output = { ...ofFix(context, id, fix), status: 'declined' as const, summary: DECLINED };
      return { kind: 'answer', output, truncated: false };
    }
    return {
      kind: 'consent',
      output: ofFix(context, id, fix),
      attemptId: fix.id,
      question: askToCarryOut(fix, fixUrl(context, fix.id)),
    };
  },
});

async function diagnosed(context: ToolContext, attempt: Fix): Promise<Fix> {
  let fix = attempt;
  if (!context.scopes.has('read')) return fix;
  for (let waitedMs = 0; LOOKING.has(fix.state) && waitedMs < LOOK_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    await setTimeout(LOOK_EVERY_MS, undefined, { signal: context.signal });
    fix = await context.perform(getFix, { id: fix.id });
  }
  return fix;
}

function withoutFix(
  context: ToolContext,
  errorId: string,
  { status, reason, note, unavailable }: z.output<typeof fixError.output>,
): Output {
  return {
    fix_id: null,
    error_id: errorId,
    status: status === 'no_rule' ? 'no_rule' : 'blocked',
    rule_id: null,
    summary: reason !== undefined ? bySuppression[reason] : unavailable === undefined ? NO_RULE : UNAVAILABLE,
    finding: null,
    target: null,
    note: cut(note ?? '', NOTE_CHARS),
    approval_url: null,
    verified: null,
    undo: null,
    untrusted: untrustedNotice('note'),
    next_steps: takeSteps(context, [toAgent(errorId), whyRules(errorId)]),
  };
}

function ofFix(context: ToolContext, errorId: string, fix: Fix): Output {
  const told = tell(fix);
  const undo = undoOf(fix, context.nowMs);
  const history = step('devops.fixes.history', { error_id: errorId }, 'See how it goes on.');
  return {
    fix_id: fix.id,
    error_id: errorId,
    ...told,
    rule_id: fix.rule_id,
    finding: fix.finding === '' ? null : cut(fix.finding, NAME_CHARS),
    target: fix.target === '' ? null : cut(fix.target, NAME_CHARS),
    note: cut(fix.note, NOTE_CHARS),
    approval_url: told.status === 'approval_required' ? fixUrl(context, fix.id) : null,
    undo: undo === undefined ? null : { tool: undo.tool, arguments: { ...undo.arguments } },
    untrusted: untrustedNotice('target', 'note'),
    next_steps: takeSteps(
      context,
      told.status === 'failed' || told.status === 'declined'
        ? [toAgent(errorId), history]
        : told.status === 'blocked'
          ? [whyRules(errorId), toAgent(errorId), history]
          : [history],
    ),
  };
}

function toAgent(errorId: string): NextStep {
  return step(
    'devops.agents.delegate',
    { error_id: errorId, reason: 'No rule could fix it.' },
    'Ask agents; without a name, those that the routes choose.',
  );
}

function whyRules(errorId: string): NextStep {
  return step('devops.rules.list', { error_id: errorId }, 'See which rules match it, and why others do not.');
}
