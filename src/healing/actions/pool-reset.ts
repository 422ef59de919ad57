// Connections that broke with their server and are handed out all the same: the service drops them and connects anew.
import * as z from 'zod';
import { defineAction } from '../action.ts';
import { viaFixEndpoint } from './service-fix.ts';

export const poolReset = defineAction({
  name: 'pool.reset',
  summary: "Has the service reset one of its connection pools (errata/capture's onFix('pool.reset')).",
  parameters: z.strictObject({
    pool: z.string().min(1).max(200).describe('Name of the pool, as the service knows it.'),
  }),
  idempotent: true,
  needsEngine: false,
  needsContainer: false,
  ...viaFixEndpoint('pool.reset'),
});
