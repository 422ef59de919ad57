import * as z from 'zod';
import type { Facts } from '../facts.ts';
import { defineProbe } from '../probe.ts';
import { askRedis } from './redis-session.ts';
import { portField } from './target-address.ts';

export const redisInfo = defineProbe({
  name: 'redis.info',
  summary: 'Clients and memory of Redis, from INFO.',
  parameters: z.strictObject({ port: portField }),
  facts: {
    ok: 'true: it answered',
    clients: "connections, without the probe's own",
    max_clients: 'the setting maxclients',
    clients_ratio: 'clients of max_clients; 1 when it refuses more',
    used_memory_bytes: 'memory in use',
    used_memory_ratio: 'memory in use of maxmemory; missing without a maxmemory',
  },
  needsEngine: false,
  async run({ port }, context) {
    const answer = await askRedis(context, port, ['INFO']);
    if (answer === undefined) return {};
    if (answer.kind === 'done') return { ok: true, ...infoFacts(answer.text) };
    return { ok: false, ...(answer.code === 'MAXCLIENTS' ? { clients_ratio: 1 } : {}) };
  },
});

function infoFacts(info: string): Facts {
  const numberOf = (name: string): number | undefined => {
    const digits = new RegExp(`^${name}:(\\d+)\r?$`, 'm').exec(info)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  const connected = numberOf('connected_clients');
  const clients = connected === undefined ? undefined : connected - 1;
  const maxClients = numberOf('maxclients');
  const used = numberOf('used_memory');
  const max = numberOf('maxmemory');
  return {
    ...(clients === undefined ? {} : { clients }),
    ...(maxClients === undefined ? {} : { max_clients: maxClients }),
    ...(clients === undefined || !maxClients ? {} : { clients_ratio: clients / maxClients }),
    ...(used === undefined ? {} : { used_memory_bytes: used }),
    ...(used === undefined || !max ? {} : { used_memory_ratio: used / max }),
  };
}
