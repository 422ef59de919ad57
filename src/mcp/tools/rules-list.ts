import * as z from 'zod';
import { InvalidInput } from '../../operations/invalid-input.ts';
import { given } from '../../operations/given.ts';
import { listRules } from '../../operations/list-rules.ts';
import { NAME_CHARS, ROW_TEXT_CHARS, cut, fit } from '../budget.ts';
import { scopeOf, step, takeSteps } from '../next-steps.ts';
import { cursorInput, limitInput, pageView } from '../page.ts';
import { defineTool } from '../tool.ts';
import { untrustedNotice } from '../untrusted.ts';

const ruleRow = z.object({
  rule_id: z.string(),
  title: z.string(),
  mode: z.enum(['observe', 'approve', 'auto']).describe('auto: acts by itself; approve: a person must agree.'),
  enabled: z.boolean().describe('It can work here, and its mode lets it act.'),
  unavailable: z.string().nullable().describe('Why it cannot work here.'),
  attempts: z.int(),
  succeeded: z.int(),
  ineffective: z.int(),
  relapsed: z.int(),
  matches: z.boolean().optional().describe('Only with error_id.'),
  mismatch: z.string().nullable().optional().describe('Why not.'),
});

type Rule = z.output<typeof listRules.output>['rules'][number];

export const rulesList = defineTool({
  name: 'devops.rules.list',
  description:
    'List the rules that can fix errors, with their record; with error_id, which match it and why others do not.',
  input: z.strictObject({
    error_id: z.string().optional(),
    enabled: z.boolean().optional(),
    limit: limitInput,
    cursor: cursorInput,
  }),
  output: z.object({ rules: z.array(ruleRow).describe('With error_id, those that match come first.'), ...pageView }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.rules.list'],
  async run(context, asked) {
    const { rules } = await context.perform(listRules, given({ error_id: asked.error_id }));
    const matching = rules.filter((rule) => asked.enabled === undefined || isEnabled(rule) === asked.enabled);
    const ordered = [...matching.filter(({ matches }) => matches), ...matching.filter(({ matches }) => !matches)];
    const rest = asked.cursor === undefined ? ordered : after(ordered, asked.cursor);
    const rows = rest.slice(0, asked.limit).map(toRow);
    const matchingRule = rows.find(({ matches, enabled }) => matches === true && enabled);
    const { cursor: _, ...filters } = asked;
    const output = fit(rows, (shown) => {
      const last = shown.at(-1);
      const cursor = last !== undefined && shown.length < rest.length ? toCursor(last.rule_id) : null;
      return {
        rules: [...shown],
        returned: shown.length,
        total_estimate: ordered.length,
        truncated: cursor !== null,
        next_cursor: cursor,
        ...(rows.length > 0
          ? {}
          : {
              hint: rules.length === 0 ? 'No data: no rule is loaded.' : 'Nothing matched: there are rules, none fits.',
            }),
        untrusted: untrustedNotice('mismatch'),
        next_steps: takeSteps(context, [
          asked.error_id !== undefined && matchingRule !== undefined
            ? step('devops.errors.plan', { error_id: asked.error_id }, 'See what the rule would do.')
            : undefined,
          asked.error_id !== undefined && matchingRule === undefined
            ? step(
                'devops.agents.delegate',
                { error_id: asked.error_id, reason: 'No rule can fix it.' },
                'Ask agents; without a name, those that the routes choose.',
              )
            : undefined,
          cursor === null ? undefined : step('devops.rules.list', { ...given(filters), cursor }, 'See the next page.'),
        ]),
      };
    });
    return { kind: 'answer', output, truncated: output.truncated };
  },
});

function isEnabled({ available, effective_mode }: Rule): boolean {
  return available && effective_mode !== 'observe';
}

function toRow(rule: Rule): z.output<typeof ruleRow> {
  return {
    rule_id: rule.id,
    title: cut(rule.title, NAME_CHARS),
    mode: rule.effective_mode,
    enabled: isEnabled(rule),
    unavailable: rule.unavailable === null ? null : cut(rule.unavailable, NAME_CHARS),
    attempts: rule.efficacy.attempts,
    succeeded: rule.efficacy.succeeded,
    ineffective: rule.efficacy.ineffective,
    relapsed: rule.efficacy.relapsed,
    ...(rule.matches === undefined ? {} : { matches: rule.matches }),
    ...(rule.mismatch === undefined
      ? {}
      : { mismatch: rule.mismatch === null ? null : cut(rule.mismatch, ROW_TEXT_CHARS) }),
  };
}

function toCursor(ruleId: string): string {
  return Buffer.from(ruleId).toString('base64url');
}

function after(rules: readonly Rule[], cursor: string): readonly Rule[] {
  const at = rules.findIndex(({ id }) => toCursor(id) === cursor);
  if (at === -1) throw new InvalidInput([{ field: 'cursor', message: 'is not one that this list gave out' }]);
  return rules.slice(at + 1);
}
