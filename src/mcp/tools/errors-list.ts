// Name, description and input are those of the seed, to the letter. Further pages are those of devops.errors.search.
import * as z from 'zod';
import { given } from '../../operations/given.ts';
import { answerErrors, errorPage } from '../error-page.ts';
import { scopeOf } from '../next-steps.ts';
import { DEFAULT_ROWS, MAX_ROWS } from '../page.ts';
import { defineTool } from '../tool.ts';

export const errorsList = defineTool({
  name: 'devops.errors.list',
  description: 'List infrastructure errors for Morgan to investigate',
  input: z.strictObject({
    severity: z.enum(['critical', 'error', 'warning']).optional(),
    resolved: z.boolean().optional(),
    limit: z.number().optional(),
  }),
  output: errorPage,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.errors.list'],
  run(context, input) {
    // The seed's schema sets no bounds; what is out of ours is moved to them.
    const limit = Math.min(Math.max(Math.trunc(input.limit ?? DEFAULT_ROWS), 1), MAX_ROWS);
    const { severity, resolved } = input;
    return answerErrors(context, {
      query: { ...given({ severity, resolved }), limit },
      search: { ...given({ severity: severity === undefined ? undefined : [severity], resolved }), limit },
    });
  },
});
