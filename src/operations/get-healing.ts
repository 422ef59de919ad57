// GET /api/healing: may fixes change anything?
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { companyField } from './fields.ts';
import { defineOperation } from './operation.ts';
import { pauseView, pauseViewOf } from './pause-healing.ts';

export const getHealing = defineOperation({
  name: 'get-healing',
  summary:
    'Tells whether fixes are paused, by whom and since when, in which mode they are, and how many wait for a person.',
  scope: 'read',
  input: z.strictObject({ company_id: companyField }),
  output: pauseView,
  run: ({ healing }, input, principal) => pauseViewOf(healing, companyFor(principal, input.company_id)),
});
