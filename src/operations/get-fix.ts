// GET /api/fixes/:id: one attempt with its evidence, and how it went, move by move.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import type { Attempt } from '../healing/attempt.ts';
import type { Healing } from '../healing/healing.ts';
import { tellVerify } from '../healing/tell-verify.ts';
import { fixItem, fixView, toFixView } from './attempt-view.ts';
import { isUuid } from './cursor.ts';
import { timeView, toTime } from './error-view.ts';
import { companyField, fixIdField } from './fields.ts';
import { noSuchFix } from './no-such.ts';
import { defineOperation } from './operation.ts';

const moveView = z.object({
  at: timeView,
  state: fixItem.shape.state,
  outcome: fixItem.shape.outcome,
  step: z.string().nullable().describe('The step that it was at; null before the first.'),
  step_state: z.string().nullable(),
  note: z.string(),
  lasted_ms: z.int().nullable().describe('Until the next move; null for the last.'),
});

export const getFix = defineOperation({
  name: 'get-fix',
  summary: 'Gets one fix: diagnosis, each step with evidence and timing, verification, and its moves in order.',
  scope: 'read',
  input: z.strictObject({ id: fixIdField, company_id: companyField }),
  output: fixView.extend({
    timeline: z.array(moveView).describe('Oldest first.'),
    verify: z.string().describe('While it waits for approval: what must then hold for a success; otherwise empty.'),
  }),
  async run({ store, healing }, input, principal) {
    const companyId = companyFor(principal, input.company_id);
    const id = input.id.toLowerCase();
    const attempt = isUuid(id) ? await healing.getAttempt(companyId, id) : undefined;
    if (attempt === undefined) throw noSuchFix();
    const moves = (await store.listAttemptEvents(companyId, id)).map(({ atMs, attempt: text }) => ({
      atMs,
      // Our own text: healing/attempt-log.ts put it there.
      attempt: JSON.parse(text) as Attempt,
    }));
    return {
      ...toFixView(attempt),
      timeline: moves.map((move, index) => toMove(move, moves[index + 1]?.atMs)),
      verify: await verifyOf(healing, attempt),
    };
  },
});

/** Of the rule as it was: when it was changed since, nothing is done, whoever approves. */
async function verifyOf(healing: Healing, { state, ruleId, ruleHash }: Attempt): Promise<string> {
  if (state !== 'awaiting_approval') return '';
  const found = (await healing.listRules()).find(({ rule }) => rule.id === ruleId && rule.hash === ruleHash);
  return found === undefined ? '' : tellVerify(found.rule.verify);
}

function toMove(
  { atMs, attempt }: { readonly atMs: number; readonly attempt: Attempt },
  nextAtMs: number | undefined,
): z.output<typeof moveView> {
  const step = attempt.steps.at(-1);
  return {
    at: toTime(atMs),
    state: attempt.state,
    outcome: attempt.outcome ?? null,
    step: step?.id ?? null,
    step_state: step?.state ?? null,
    note: attempt.note,
    lasted_ms: nextAtMs === undefined ? null : nextAtMs - atMs,
  };
}
