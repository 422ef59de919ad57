// A cache that holds what is not true any more: the service empties it.
import * as z from 'zod';
import { defineAction } from '../action.ts';
import { viaFixEndpoint } from './service-fix.ts';

export const cacheClear = defineAction({
  name: 'cache.clear',
  summary: "Has the service clear one of its caches (errata/capture's onFix('cache.clear')).",
  parameters: z.strictObject({
    cache: z.string().min(1).max(200).describe('Name of the cache, as the service knows it.'),
  }),
  idempotent: true,
  needsEngine: false,
  needsContainer: false,
  ...viaFixEndpoint('cache.clear'),
});
