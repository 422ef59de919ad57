// POST /api/healing/pause: the switch that stops every change at once, for all companies, over restarts.
import * as z from 'zod';
import { Failure } from '../failure.ts';
import type { PauseState } from '../healing/healing.ts';
import { timeView, toTime } from './error-view.ts';
import { reasonField } from './fields.ts';
import { defineOperation } from './operation.ts';

export const pauseView = z.object({
  paused: z.boolean(),
  by: z.string().nullable().describe('Who set the switch last; null: nobody yet.'),
  at: timeView.nullable(),
  reason: z.string().nullable(),
});

export const pauseHealing = defineOperation({
  name: 'pause-healing',
  summary: 'Stops all fixes from changing anything, or lets them go on; diagnosis and verification are not stopped.',
  scope: 'admin',
  input: z.strictObject({ paused: z.boolean(), reason: reasonField.optional() }),
  output: pauseView,
  async run({ healing }, input, principal) {
    // One company must not switch off, or on again, the fixes of the others.
    if (principal.company !== '*') {
      throw new Failure('FORBIDDEN', 'the switch is that of all companies: it takes a token that serves all');
    }
    return toPauseView(await healing.setPaused(input.paused, principal.name, input.reason));
  },
});

export function toPauseView({ paused, by, atMs, reason = '' }: PauseState): z.output<typeof pauseView> {
  return {
    paused,
    by: by === '' ? null : by,
    at: atMs === 0 ? null : toTime(atMs),
    reason: reason === '' ? null : reason,
  };
}
