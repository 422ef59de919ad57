// <dataDir>/ended-sessions.json: sessions that were signed out of, until they would have ended anyway. Without it a copy of
// the cookie would work again after a restart.
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { Failure } from '../failure.ts';
import { isMissing, replaceFile } from './replace-file.ts';

export interface EndedSessions {
  has(id: string): boolean;
  /** `untilMs`: when the session would have ended by itself. */
  add(id: string, untilMs: number): void;
}

const FILE = 'ended-sessions.json';

/** Sign-outs of some days; beyond it the oldest is forgotten. */
const MAX_ENDED = 10_000;

const contents = z.strictObject({ ended: z.array(z.tuple([z.string(), z.int()])) });

/** Throws CONFIG_INVALID when the file is there and can't be read. */
export function openEndedSessions(dataDir: string, now: () => number): EndedSessions {
  const path = join(dataDir, FILE);
  const ended = new Map(readEnded(path));
  return {
    has: (id) => ended.has(id),
    add(id, untilMs) {
      ended.set(id, untilMs);
      for (const [known, endsAtMs] of ended) {
        if (endsAtMs < now() || ended.size > MAX_ENDED) ended.delete(known);
      }
      mkdirSync(dirname(path), { recursive: true });
      replaceFile(path, `${JSON.stringify({ ended: [...ended] })}\n`);
    },
  };
}

function readEnded(path: string): readonly (readonly [string, number])[] {
  try {
    return contents.parse(JSON.parse(readFileSync(path, 'utf8'))).ended;
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw new Failure('CONFIG_INVALID', `${path} can't be read as a list of sessions`, { cause });
  }
}
