// POST /api/errors/:id/reopen: it was resolved too early.
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import { isUuid } from './cursor.ts';
import { errorView, toErrorView } from './error-view.ts';
import { companyField, idField, resolutionScopeField } from './fields.ts';
import { noSuchError } from './no-such.ts';
import { defineOperation } from './operation.ts';

export const reopenError = defineOperation({
  name: 'reopen-error',
  summary: 'Opens a resolved error again and, unless told otherwise, all errors of its group.',
  scope: 'write',
  input: z.strictObject({ id: idField, scope: resolutionScopeField, company_id: companyField }),
  output: errorView,
  async run({ store }, input, principal) {
    const companyId = companyFor(principal, input.company_id);
    const id = input.id.toLowerCase();
    const error = isUuid(id) ? await store.reopen(companyId, id, input.scope) : undefined;
    if (error === undefined) throw noSuchError();
    return toErrorView(error);
  },
});
