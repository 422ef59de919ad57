// GET /api/me: what the caller's token is good for.
import * as z from 'zod';
import { scopes } from '../access/principal.ts';
import { isOfRoster } from './agent-fields.ts';
import { defineOperation } from './operation.ts';

export const getCaller = defineOperation({
  name: 'get-caller',
  summary: 'Tells who the caller is: name, company, scopes, and which agent.',
  scope: 'read',
  input: z.strictObject({}),
  output: z.object({
    name: z.string().describe('Of the token; `local` when there are no tokens.'),
    company: z.union([z.int(), z.literal('*')]).describe('`*`: all, each call says which.'),
    scopes: z.array(z.enum(scopes)),
    agent: z.string().nullable().describe('Its name in the roster; null for anybody else.'),
  }),
  async run({ agents }, _input, principal) {
    return {
      name: principal.name,
      company: principal.company,
      scopes: scopes.filter((scope) => principal.scopes.has(scope)),
      agent: isOfRoster(agents, principal.name) ? principal.name : null,
    };
  },
});
