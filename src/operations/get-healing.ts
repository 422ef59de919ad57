// GET /api/healing: may fixes change anything?
import * as z from 'zod';
import { defineOperation } from './operation.ts';
import { pauseView, toPauseView } from './pause-healing.ts';

export const getHealing = defineOperation({
  name: 'get-healing',
  summary: 'Tells whether fixes are paused, by whom and since when.',
  scope: 'read',
  input: z.strictObject({}),
  output: pauseView,
  run: async ({ healing }) => toPauseView(healing.pauseState()),
});
