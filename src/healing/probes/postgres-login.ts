import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { withPostgres } from './postgres-session.ts';
import { portField } from './target-address.ts';

export const postgresLogin = defineProbe({
  name: 'postgres.login',
  summary: "Logs in once with the catalogue's credentials.",
  parameters: z.strictObject({ port: portField }),
  facts: {
    ok: 'true: the login was accepted',
    code: 'SQLSTATE (28P01 wrong password, 3D000 no such database, 53300 too many connections, 57P03 starting) or ECONNREFUSED, ETIMEDOUT, …',
  },
  needsEngine: false,
  async run({ port }, context) {
    const session = await withPostgres(context, port, () => Promise.resolve());
    if (session === undefined) return {};
    return session.kind === 'done' ? { ok: true } : { ok: false, code: session.code };
  },
});
