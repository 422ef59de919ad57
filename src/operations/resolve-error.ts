// POST /api/errors/:id/resolve: somebody says what mended it. A later error of the same group opens the group again.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { isUuid } from './cursor.ts';
import { errorView, toErrorView } from './error-view.ts';
import { companyField, idField, resolutionScopeField } from './fields.ts';
import { noSuchError } from './no-such.ts';
import { defineOperation } from './operation.ts';

/** Notes are a few sentences; what is longer belongs into a document that they point to. */
const MAX_NOTES = 10_000;

export const resolveError = defineOperation({
  name: 'resolve-error',
  summary: 'Resolves an error and, unless told otherwise, all errors of its group up to now.',
  scope: 'write',
  input: z.strictObject({
    id: idField,
    resolution_notes: z.string().trim().min(1).max(MAX_NOTES).describe('What was done about it.'),
    scope: resolutionScopeField,
    company_id: companyField,
  }),
  output: errorView,
  async run({ store }, input, principal) {
    const companyId = companyFor(principal, input.company_id);
    const id = input.id.toLowerCase();
    const error = isUuid(id)
      ? await store.resolve(companyId, id, { scope: input.scope, notes: input.resolution_notes, by: principal.name })
      : undefined;
    if (error === undefined) throw noSuchError();
    return toErrorView(error);
  },
});
