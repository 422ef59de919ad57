// The body of POST /admin/session.
import * as z from 'zod';
import { Failure } from '../failure.ts';

const body = z.strictObject({ token: z.string().trim().min(1).max(512) });

/** Throws INVALID_INPUT. */
export function parseSignIn(value: unknown): string {
  const parsed = body.safeParse(value);
  if (!parsed.success)
    throw new Failure('INVALID_INPUT', 'send the token as {"token": "errata_..."}', { field: 'token' });
  return parsed.data.token;
}
