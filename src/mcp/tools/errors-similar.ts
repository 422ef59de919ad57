import * as z from 'zod';
import { outcomes } from '../../healing/attempt.ts';
import { findSimilar } from '../../operations/find-similar.ts';
import { NAME_CHARS, NOTE_CHARS, ROW_TEXT_CHARS, cut, fit } from '../budget.ts';
import { nextStepsView, scopeOf, step, takeSteps } from '../next-steps.ts';
import { defineTool } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

const similarRow = z.object({
  error_id: z.string().describe('Its newest error.'),
  fingerprint: z.string(),
  score: z.number().describe('0 to 1.'),
  service: z.string(),
  exception_type: z.string(),
  message: z.string(),
  count: z.int(),
  last_seen: z.string(),
  resolved: z.boolean(),
  resolution: z.string().nullable().describe('What was done about it, as somebody wrote.'),
  fix: z
    .object({ fix_id: z.string(), rule_id: z.string(), finding: z.string(), outcome: z.enum(outcomes).nullable() })
    .nullable(),
  held: z.boolean().nullable().describe('It did not come back; null: it was never put right.'),
});

export const errorsSimilar = defineTool({
  name: 'devops.errors.similar',
  description: 'Find past kinds of errors that look like this one, with what put them right and whether it held.',
  input: z.strictObject({
    error_id: z.string(),
    resolved_only: z.boolean().default(false),
    limit: z.int().min(1).max(20).default(5),
  }),
  output: z.object({
    similar: z.array(similarRow).describe('The most alike first.'),
    returned: z.int(),
    truncated: z.boolean(),
    hint: z.string().optional(),
    untrusted: z.string(),
    next_steps: nextStepsView,
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.errors.similar'],
  async run(context, { error_id, resolved_only, limit }) {
    const { similar } = await context.perform(findSimilar, { id: error_id, resolved_only, limit });
    const id = error_id.toLowerCase();
    const rows = similar.map((group) => ({
      error_id: group.error_id,
      fingerprint: group.fingerprint,
      score: group.score,
      service: cut(group.service, NAME_CHARS),
      exception_type: cut(group.exception_type, NAME_CHARS),
      message: cut(group.message, ROW_TEXT_CHARS),
      count: group.count,
      last_seen: group.last_seen,
      resolved: group.resolved,
      resolution: group.resolution_notes === null ? null : cut(group.resolution_notes, NOTE_CHARS),
      fix: group.fix && {
        fix_id: group.fix.id,
        rule_id: group.fix.rule_id,
        finding: cut(group.fix.finding, NAME_CHARS),
        outcome: group.fix.outcome,
      },
      held: group.held,
    }));
    const output = fit(rows, (shown) => ({
      similar: [...shown],
      returned: shown.length,
      truncated: shown.length < rows.length,
      ...(rows.length > 0
        ? {}
        : {
            hint: resolved_only
              ? 'Nothing matched: no resolved group looks like this one.'
              : 'Nothing matched: no other group looks like this one.',
          }),
      untrusted: untrustedNotice('service', 'exception_type', 'message', 'resolution'),
      next_steps: takeSteps(context, [
        rows.length === 0 && resolved_only
          ? step('devops.errors.similar', { error_id: id, resolved_only: false }, 'Look at unresolved ones too.')
          : undefined,
        step('devops.errors.plan', { error_id: id }, 'See what a rule would do about it now.'),
        step(
          'devops.agents.delegate',
          { error_id: id, reason: 'What helped before may help again.' },
          'Ask agents; without a name, those that the routes choose.',
        ),
      ]),
    }));
    return { kind: 'answer', output, truncated: output.truncated };
  },
});
