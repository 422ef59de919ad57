// GET /api/rules: the rules in force, what they have brought, and why each matches an error or not.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import type { RuleStatus } from '../healing/healing.ts';
import { modeView } from './attempt-view.ts';
import { isUuid } from './cursor.ts';
import { companyField } from './fields.ts';
import { noSuchError } from './no-such.ts';
import { defineOperation } from './operation.ts';

const ruleView = z.object({
  id: z.string(),
  title: z.string(),
  hash: z.string().describe('Of the rule as it is now.'),
  mode: modeView.describe('As its file says.'),
  effective_mode: modeView.describe('The lowest that applies; observe when it did no better than nothing.'),
  available: z.boolean(),
  unavailable: z.string().nullable().describe('Why it cannot work here; null when it can.'),
  priority: z.number(),
  limits: z.object({
    cooldown_ms: z.number(),
    attempts: z.object({ max: z.int(), within_ms: z.number() }),
    breaker: z.object({ failures: z.int(), within_ms: z.number(), open_ms: z.number() }),
  }),
  efficacy: z.object({
    attempts: z.int(),
    succeeded: z.int(),
    ineffective: z.int(),
    relapsed: z.int(),
    median_recovery_ms: z
      .number()
      .nullable()
      .describe('From the first counted error to proven; null: never succeeded.'),
    recovery_without_fix: z
      .number()
      .nullable()
      .describe('Share (0–1) of firings without a fix whose groups fell silent as well; null: too few to say.'),
  }),
  matches: z.boolean().optional().describe('Only with `error_id`.'),
  mismatch: z.string().nullable().optional().describe('Only with `error_id`: why it does not match.'),
});

export const listRules = defineOperation({
  name: 'list-rules',
  summary:
    'Lists the rules for fixes, highest priority first, with what they have brought and whether they match an error.',
  scope: 'read',
  input: z.strictObject({
    error_id: z.string().optional().describe('UUID of an error: also tell of each rule whether it matches it.'),
    company_id: companyField,
  }),
  output: z.object({ rules: z.array(ruleView) }),
  async run({ store, healing }, input, principal) {
    const id = input.error_id?.toLowerCase();
    if (id === undefined) return { rules: (await healing.listRules()).map(toRuleView) };
    const error = isUuid(id) ? await store.getError(companyFor(principal, input.company_id), id) : undefined;
    if (error === undefined) throw noSuchError();
    return { rules: (await healing.listRules(error)).map(toRuleView) };
  },
});

function toRuleView({ rule, effectiveMode, unavailable, efficacy, mismatch }: RuleStatus): z.output<typeof ruleView> {
  const { cooldownMs, attempts, breaker } = rule.limits;
  return {
    id: rule.id,
    title: rule.title,
    hash: rule.hash,
    mode: rule.mode,
    effective_mode: effectiveMode,
    available: unavailable === '',
    unavailable: unavailable === '' ? null : unavailable,
    priority: rule.priority,
    limits: {
      cooldown_ms: cooldownMs,
      attempts: { max: attempts.max, within_ms: attempts.withinMs },
      breaker: { failures: breaker.failures, within_ms: breaker.withinMs, open_ms: breaker.openMs },
    },
    efficacy: {
      attempts: efficacy.attempts,
      succeeded: efficacy.succeeded,
      ineffective: efficacy.ineffective,
      relapsed: efficacy.relapsed,
      median_recovery_ms: efficacy.medianRecoveryMs ?? null,
      recovery_without_fix: efficacy.recoveryWithoutFix ?? null,
    },
    ...(mismatch === undefined ? {} : { matches: mismatch === '', mismatch: mismatch === '' ? null : mismatch }),
  };
}
