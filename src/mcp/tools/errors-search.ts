import * as z from 'zod';
import { severities } from '../../errors/error-event.ts';
import { given } from '../../operations/given.ts';
import { answerErrors, errorPage } from '../error-page.ts';
import { scopeOf } from '../next-steps.ts';
import { cursorInput, limitInput, nameInput, sinceInput, untilInput } from '../page.ts';
import { defineTool } from '../tool.ts';

export const errorsSearch = defineTool({
  name: 'devops.errors.search',
  description:
    'Find single errors by words, service, environment, group or time, newest first. To see kinds of errors, use devops.errors.groups.',
  input: z.strictObject({
    query: z
      .string()
      .max(1_024)
      // As the operation demands, which knows the field by another name.
      .refine((text) => /[\p{L}\p{N}\u0080-\u{10ffff}]/u.test(text), { error: 'must hold a word to look for' })
      .optional()
      .describe('Words in message or exception type'),
    service: nameInput,
    environment: nameInput,
    severity: z.array(z.enum(severities)).min(1).optional(),
    resolved: z.boolean().optional(),
    fingerprint: z.string().max(64).optional(),
    since: sinceInput,
    until: untilInput,
    limit: limitInput,
    cursor: cursorInput,
  }),
  output: errorPage,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  scope: scopeOf['devops.errors.search'],
  run(context, { query, cursor, ...filters }) {
    const { limit } = filters;
    return answerErrors(context, {
      query: { ...given({ ...filters, q: query, cursor }), limit },
      search: given({ ...filters, query }),
    });
  },
});
