// POST /api/errors/:id/fix: diagnose what is behind an error and, unless it is a dry run, put it right and prove it. The
// answer comes as soon as the attempt is on record; GET /api/fixes/:id tells how it goes on.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { suppressions } from '../healing/attempt.ts';
import type { FixAnswer } from '../healing/healing.ts';
import { factsView, fixView, paramsView, toFixView } from './attempt-view.ts';
import { isUuid } from './cursor.ts';
import { companyField, idField } from './fields.ts';
import { noSuchError } from './no-such.ts';
import { defineOperation } from './operation.ts';

const planView = z
  .object({
    rule_id: z.string(),
    rule_title: z.string(),
    target: z.string(),
    facts: factsView,
    branch: z.string(),
    finding: z.string(),
    steps: z.array(z.object({ id: z.string(), action: z.string(), with: paramsView })),
  })
  .describe('Of a dry run: what was found, and what would be done.');

const answerView = z.object({
  status: z.enum(['attempt', 'suppressed', 'no_rule', 'dry_run']),
  attempt: fixView.optional(),
  reason: z.enum(suppressions).optional().describe('What stops it, or in a dry run would stop it.'),
  note: z.string().optional(),
  plan: planView.optional(),
});

export const fixError = defineOperation({
  name: 'fix-error',
  summary: 'Diagnoses what caused an error, fixes it by rule, and tests whether that helped.',
  scope: 'fix',
  input: z.strictObject({
    id: idField,
    dry_run: z.boolean().default(false).describe('Diagnose and show the plan; change nothing.'),
    company_id: companyField,
  }),
  output: answerView,
  async run({ store, healing }, input, principal) {
    const companyId = companyFor(principal, input.company_id);
    const id = input.id.toLowerCase();
    const error = isUuid(id) ? await store.getError(companyId, id) : undefined;
    if (error === undefined) throw noSuchError();
    return toAnswer(await healing.fix(error, { dryRun: input.dry_run, by: principal.name }));
  },
});

function toAnswer(answer: FixAnswer): z.output<typeof answerView> {
  switch (answer.kind) {
    case 'attempt':
      return { status: 'attempt', attempt: toFixView(answer.attempt) };
    case 'no_rule':
      return { status: 'no_rule', note: 'no rule knows this error' };
    case 'suppressed':
      return {
        status: 'suppressed',
        reason: answer.reason,
        note: answer.note,
        ...(answer.attempt === undefined ? {} : { attempt: toFixView(answer.attempt) }),
      };
    case 'dry_run':
      return {
        status: 'dry_run',
        ...(answer.suppression === undefined ? {} : { reason: answer.suppression }),
        plan: {
          rule_id: answer.rule.id,
          rule_title: answer.rule.title,
          target: answer.targetName,
          facts: { ...answer.facts },
          branch: answer.branch,
          finding: answer.finding,
          steps: answer.steps.map((step) => ({ id: step.id, action: step.action, with: { ...step.with } })),
        },
      };
  }
}
