// POST /api/healing/pause: the switch that stops every change at once, for all companies, over restarts.
import * as z from 'zod';
import { Failure } from '../failure.ts';
import { companyFor } from '../access/principal.ts';
import type { Healing } from '../healing/healing.ts';
import { modeView } from './attempt-view.ts';
import { timeView, toTime } from './error-view.ts';
import { companyField, reasonField } from './fields.ts';
import { defineOperation } from './operation.ts';

export const pauseView = z.object({
  paused: z.boolean(),
  by: z.string().nullable().describe('Who set the switch last; null: nobody yet.'),
  at: timeView.nullable(),
  reason: z.string().nullable(),
  mode: z.enum(['off', ...modeView.options]).describe('The ceiling of all modes; off: this processor fixes nothing.'),
  awaiting_approval: z.int().describe('Fixes of the company that wait for a person.'),
});

/** More than anybody will look at. */
const MAX_WAITING = 1_000;

export const pauseHealing = defineOperation({
  name: 'pause-healing',
  summary: 'Stops all fixes from changing anything, or lets them go on; diagnosis and verification are not stopped.',
  scope: 'admin',
  input: z.strictObject({ paused: z.boolean(), reason: reasonField.optional(), company_id: companyField }),
  output: pauseView,
  async run({ healing }, input, principal) {
    // One company must not switch off, or on again, the fixes of the others.
    if (principal.company !== '*') {
      throw new Failure('FORBIDDEN', 'the switch is that of all companies: it takes a token that serves all');
    }
    await healing.setPaused(input.paused, principal.name, input.reason);
    return pauseViewOf(healing, companyFor(principal, input.company_id));
  },
});

export async function pauseViewOf(healing: Healing, companyId: number): Promise<z.output<typeof pauseView>> {
  const { paused, by, atMs, reason = '' } = healing.pauseState();
  const waiting = await healing.listAttempts({ companyId, state: ['awaiting_approval'], limit: MAX_WAITING });
  return {
    paused,
    by: by === '' ? null : by,
    at: atMs === 0 ? null : toTime(atMs),
    reason: reason === '' ? null : reason,
    mode: healing.ceiling(),
    awaiting_approval: waiting.length,
  };
}
