// Keys that hold what is not true any more, or that fill the memory: those under one prefix are unlinked, found by SCAN so
// that the server answers others meanwhile. Nothing here can empty a database: there is no FLUSH and no empty prefix.
import { RESP_TYPES, createClient } from '@redis/client';
import * as z from 'zod';
import type { ActionContext, Intent, Observed, Ran } from '../action.ts';
import { defineAction } from '../action.ts';
import { CONNECT_TIMEOUT_MS, codeOf, markTraffic } from '../probes/open-connection.ts';
import { addressOf } from '../probes/target-address.ts';

const MAX_COUNTED = 100_000;

const parameters = z.strictObject({
  prefix: z.string().min(2).max(500).describe('What the keys begin with, as it is: `*` and `?` mean themselves.'),
  max: z.int().min(1).max(MAX_COUNTED).default(10_000).describe('Deleted at most.'),
});

export const redisDeleteKeys = defineAction({
  name: 'redis.delete_keys',
  summary: 'Unlinks the keys under a prefix in Redis, at most so many.',
  parameters,
  idempotent: true,
  needsEngine: false,
  needsContainer: false,
  async prepare({ prefix }, context) {
    const keys = await withKeys(context, (keys) => countKeys(keys, prefix));
    if (typeof keys === 'string') return { refused: keys };
    return keys === 0 ? { refused: `no key begins with ${prefix}` } : { before: { keys } };
  },
  run,
  async observe({ params: { prefix, max }, before }, context): Promise<Observed> {
    const left = await withKeys(context, (keys) => countKeys(keys, prefix));
    const found = Number(before['keys']);
    if (typeof left === 'string' || found >= MAX_COUNTED) return { kind: 'unknown' };
    if (left <= Math.max(0, found - max)) return { kind: 'applied', after: { left } };
    if (left >= found) return { kind: 'not_applied' };
    // All were meant, so the rest is too. Of more than `max`, a second run would take others than were meant.
    return { kind: found <= max ? 'partial' : 'unknown' };
  },
  complete: run,
});

async function run(
  { params: { prefix, max } }: Intent<z.output<typeof parameters>>,
  context: ActionContext,
): Promise<Ran> {
  let deleted = 0;
  const ended = await withKeys(context, async (keys) => {
    for await (const page of keys.scan(prefix)) {
      deleted += await keys.unlink(page.slice(0, max - deleted));
      if (deleted >= max) break;
    }
  });
  if (typeof ended === 'string') return { kind: 'unknown', reason: `${ended}, ${deleted} deleted` };
  return { kind: 'done', after: { deleted } };
}

interface Keys {
  /** Keys are bytes: what is no UTF-8 must come back as it was. */
  scan(prefix: string): AsyncGenerator<readonly Buffer[]>;
  unlink(keys: readonly Buffer[]): Promise<number>;
}

/** At most MAX_COUNTED. */
async function countKeys(keys: Keys, prefix: string): Promise<number> {
  const seen = new Set<string>();
  for await (const page of keys.scan(prefix)) {
    // SCAN may say a key twice.
    for (const key of page) seen.add(key.toString('latin1'));
    if (seen.size >= MAX_COUNTED) return MAX_COUNTED;
  }
  return seen.size;
}

const PAGE = 500;

/** A text: why it could not be done. */
async function withKeys<T>(context: ActionContext, work: (keys: Keys) => Promise<T>): Promise<T | string> {
  const address = addressOf(context.target, undefined, 'redis');
  if (address === undefined) return 'nothing tells the address of the service';
  const { credentials } = context.target.service;
  const database = credentials?.database || '0';
  if (!/^\d{1,3}$/.test(database)) return "the credentials' database is no number, as those of Redis are";
  const client = createClient({
    RESP: 2,
    disableClientInfo: true,
    database: Number(database),
    socket: { ...address, connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false },
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    ...(credentials === undefined
      ? {}
      : { username: credentials.user || 'default', password: context.secret(credentials.password) }),
  });
  // The same failure rejects the call.
  client.on('error', () => {});
  markTraffic(context);
  const end = (): void => {
    if (client.isOpen) client.destroy();
  };
  context.signal.addEventListener('abort', end, { once: true });
  try {
    await client.connect();
    return await work({
      async *scan(prefix) {
        const wanted = Buffer.from(prefix);
        for await (const page of client.scanIterator({ MATCH: `${escapeGlob(prefix)}*`, COUNT: PAGE }))
          yield page.filter((key) => key.subarray(0, wanted.length).equals(wanted));
      },
      unlink: (keys) => (keys.length === 0 ? Promise.resolve(0) : client.unlink([...keys])),
    });
  } catch (error) {
    return `Redis: ${context.signal.aborted ? 'ETIMEDOUT' : redisCodeOf(error)}`;
  } finally {
    context.signal.removeEventListener('abort', end);
    end();
  }
}

function escapeGlob(text: string): string {
  return text.replace(/[\\*?[\]^-]/g, String.raw`\$&`);
}

/** The first word of an answer is its code (WRONGPASS, NOPERM); the text after it may quote the command. */
function redisCodeOf(error: unknown): string {
  return /^[A-Z]{3,20}(?= )/.exec(error instanceof Error ? error.message : '')?.[0] ?? codeOf(error);
}
