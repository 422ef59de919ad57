// POST /api/errors/:id/fix. The path and its permission are there; the fix engine behind it is not yet.
import * as z from 'zod';
import { Failure } from '../failure.ts';
import { errorView } from './error-view.ts';
import { companyField, idField } from './fields.ts';
import { defineOperation } from './operation.ts';

export const fixError = defineOperation({
  name: 'fix-error',
  summary: 'Attempts to fix what caused an error, and tests whether that helped.',
  scope: 'fix',
  input: z.strictObject({ id: idField, company_id: companyField }),
  output: errorView,
  async run() {
    throw new Failure('NOT_IMPLEMENTED', 'the fix engine is not there yet');
  },
});
