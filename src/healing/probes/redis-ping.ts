import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { askRedis } from './redis-session.ts';
import { portField } from './target-address.ts';

export const redisPing = defineProbe({
  name: 'redis.ping',
  summary: 'One PING, after a login where the catalogue has credentials.',
  parameters: z.strictObject({ port: portField }),
  facts: {
    ok: 'true: it answered PONG',
    error: 'NOAUTH, WRONGPASS, LOADING, MAXCLIENTS, …, or ECONNREFUSED, ETIMEDOUT, …',
  },
  needsEngine: false,
  async run({ port }, context) {
    const answer = await askRedis(context, port, ['PING']);
    if (answer === undefined) return {};
    return answer.kind === 'done' ? { ok: answer.text === 'PONG' } : { ok: false, error: answer.code };
  },
});
