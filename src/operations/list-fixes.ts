// GET /api/fixes: what was attempted, also what was held back and why, newest first.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { attemptStates, outcomes } from '../healing/attempt.ts';
import { fixItem, toFixItem } from './attempt-view.ts';
import { isUuid, parseCursor, toCursor } from './cursor.ts';
import { companyField, fingerprintField, nameField, pageFields } from './fields.ts';
import { given } from './given.ts';
import { InvalidInput } from './invalid-input.ts';
import { oneOrMore } from './one-or-more.ts';
import { defineOperation } from './operation.ts';

export const listFixes = defineOperation({
  name: 'list-fixes',
  summary: 'Lists fixes that were attempted or held back, newest first.',
  scope: 'read',
  input: z.strictObject({
    rule_id: nameField.optional().describe('Only attempts of this rule.'),
    fingerprint: fingerprintField.optional().describe('Only attempts on this group.'),
    outcome: oneOrMore(z.enum(outcomes)).optional().describe('One outcome or several.'),
    state: oneOrMore(z.enum(attemptStates)).optional().describe('One state or several.'),
    ...pageFields,
    company_id: companyField,
  }),
  output: z.object({
    fixes: z.array(fixItem),
    next_cursor: z.string().nullable().describe('null on the last page.'),
  }),
  async run({ healing }, input, principal) {
    const attempts = await healing.listAttempts({
      companyId: companyFor(principal, input.company_id),
      ...given({
        ruleId: input.rule_id,
        fingerprint: input.fingerprint?.toLowerCase(),
        outcome: input.outcome === undefined ? undefined : [input.outcome].flat(),
        state: input.state === undefined ? undefined : [input.state].flat(),
        after: input.cursor === undefined ? undefined : positionOf(input.cursor),
      }),
      // One more than asked for tells whether there is a next page.
      limit: input.limit + 1,
    });
    const shown = attempts.slice(0, input.limit);
    const last = shown.at(-1);
    return {
      fixes: shown.map(toFixItem),
      next_cursor:
        attempts.length > shown.length && last !== undefined ? toCursor({ ms: last.startedAtMs, key: last.id }) : null,
    };
  },
});

function positionOf(cursor: string): { startedAtMs: number; attemptId: string } {
  const position = parseCursor(cursor);
  if (position === undefined || !isUuid(position.key)) {
    throw new InvalidInput([{ field: 'cursor', message: 'is not one that this list gave out' }]);
  }
  return { startedAtMs: position.ms, attemptId: position.key };
}
