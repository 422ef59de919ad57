// POST /api/errors/:id/fix: diagnose what is behind an error and, unless it is a dry run, put it right and prove it. The
// answer comes as soon as the attempt is on record; GET /api/fixes/:id tells how it goes on.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { suppressions } from '../healing/attempt.ts';
import type { FixAnswer } from '../healing/healing.ts';
import type { Agents } from '../agents/agents.ts';
import type { StoredError } from '../store/error-store.ts';
import { factsView, fixView, modeView, paramsView, toFixView } from './attempt-view.ts';
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
    mode: modeView.describe('The lowest that applies; asked for by hand, `observe` acts.'),
    verify: z.string().describe('What must hold for a success; empty when nothing would be changed.'),
    hands_over: z
      .object({ to: z.array(z.string()), questions: z.array(z.string()) })
      .nullable()
      .describe('Which agents would be asked, and what; null: nobody would be told.'),
  })
  .describe('Of a dry run: what was found, and what would be done.');

const answerView = z.object({
  status: z.enum(['attempt', 'suppressed', 'no_rule', 'dry_run']),
  attempt: fixView.optional(),
  reason: z.enum(suppressions).optional().describe('What stops it, or in a dry run would stop it.'),
  note: z.string().optional(),
  unavailable: z
    .array(z.object({ rule_id: z.string(), rule_title: z.string(), unavailable: z.string() }))
    .optional()
    .describe('Rules that know this error but cannot work here, highest priority first; absent when none does.'),
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
  async run({ store, healing, agents }, input, principal) {
    const companyId = companyFor(principal, input.company_id);
    const id = input.id.toLowerCase();
    const error = isUuid(id) ? await store.getError(companyId, id) : undefined;
    if (error === undefined) throw noSuchError();
    return toAnswer(await healing.fix(error, { dryRun: input.dry_run, by: principal.name }), error, agents);
  },
});

function toAnswer(answer: FixAnswer, error: StoredError, agents: Agents): z.output<typeof answerView> {
  switch (answer.kind) {
    case 'attempt':
      return { status: 'attempt', attempt: toFixView(answer.attempt) };
    case 'no_rule':
      return { status: 'no_rule', ...toNoRule(answer) };
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
        plan: toPlan(answer, error, agents),
      };
  }
}

function toNoRule({ unavailable }: Extract<FixAnswer, { kind: 'no_rule' }>) {
  if (unavailable.length === 0) return { note: 'no rule knows this error' };
  const notes = unavailable.map(
    ({ rule, unavailable: why }) => `the rule ${rule.id} knows this error, but can't work here: ${why}`,
  );
  return {
    note: notes.join('; '),
    unavailable: unavailable.map(({ rule, unavailable: why }) => ({
      rule_id: rule.id,
      rule_title: rule.title,
      unavailable: why,
    })),
  };
}

function toPlan(
  answer: Extract<FixAnswer, { kind: 'dry_run' }>,
  { errorType, service }: StoredError,
  agents: Agents,
): z.output<typeof planView> {
  const { rule, mode, finding, handOver } = answer;
  const routed = handOver && agents.routeOf(handOver.to, { errorType, service, finding });
  const order = agents.roster().map(({ name }) => name);
  return {
    rule_id: rule.id,
    rule_title: rule.title,
    target: answer.targetName,
    facts: { ...answer.facts },
    branch: answer.branch,
    finding,
    steps: answer.steps.map((step) => ({ id: step.id, action: step.action, with: { ...step.with } })),
    mode,
    verify: answer.verify,
    hands_over:
      routed === undefined
        ? null
        : {
            to: routed.to.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)),
            questions: [...new Set([...(handOver?.ask ?? []), ...routed.ask])],
          },
  };
}
