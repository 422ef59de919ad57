// <dataDir>/tokens.json: read by the serving process, written by `errata token`. A lock file keeps two commands apart: a lost
// revocation would leave a door open.
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { Failure } from '../failure.ts';
import { OWNER_ONLY, isMissing, replaceFile } from './replace-file.ts';
import { storedToken, toStoredToken } from './token-record.ts';
import type { TokenRecord } from './token-record.ts';

const FILE = 'tokens.json';

/** How long a token works on after it was revoked, at most. */
const CHECK_EVERY_MS = 1_000;

/** A lock this old belongs to a command that died. */
const STALE_LOCK_MS = 10_000;

const contents = z.strictObject({ tokens: z.array(storedToken) });

/** Throws CONFIG_INVALID when the file is there and can't be read or understood. */
export function readTokens(dataDir: string): readonly TokenRecord[] {
  const path = join(dataDir, FILE);
  try {
    return contents.parse(JSON.parse(readFileSync(path, 'utf8'))).tokens;
  } catch (cause) {
    if (isMissing(cause)) return [];
    throw new Failure('CONFIG_INVALID', `${path} can't be read as a list of tokens`, { cause });
  }
}

/** Reads, changes and writes under a lock. Throws CONFIG_INVALID when another command holds it. */
export function changeTokens(
  dataDir: string,
  change: (tokens: readonly TokenRecord[]) => readonly TokenRecord[],
): void {
  mkdirSync(dataDir, { recursive: true });
  const path = join(dataDir, FILE);
  const lock = `${path}.lock`;
  takeLock(lock);
  try {
    const text = `${JSON.stringify({ tokens: change(readTokens(dataDir)).map(toStoredToken) }, undefined, 2)}\n`;
    replaceFile(path, text);
  } finally {
    rmSync(lock, { force: true });
  }
}

interface TokenFile {
  /** The tokens as of at most a second ago. Never fails: what can't be read any more leaves the last good ones in force. */
  records(): readonly TokenRecord[];
}

interface TokenFileSettings {
  readonly dataDir: string;
  readonly now: () => number;
  /** Told once for each version of the file that can't be read. */
  readonly onUnreadable: (failure: Failure) => void;
}

/** Throws CONFIG_INVALID when the file is there and can't be read: a process doesn't start with its tokens unknown. */
export function openTokenFile({ dataDir, now, onUnreadable }: TokenFileSettings): TokenFile {
  let seen = versionOf(dataDir);
  let checkedAtMs = now();
  let records = readTokens(dataDir);
  return {
    records() {
      if (now() - checkedAtMs < CHECK_EVERY_MS) return records;
      checkedAtMs = now();
      const version = versionOf(dataDir);
      if (version === seen) return records;
      seen = version;
      try {
        records = readTokens(dataDir);
      } catch (cause) {
        onUnreadable(cause instanceof Failure ? cause : new Failure('CONFIG_INVALID', 'tokens unreadable', { cause }));
      }
      return records;
    },
  };
}

/** Inode, size and times: a rename within one tick of the file system's clock still shows. */
function versionOf(dataDir: string): string {
  const stat = statSync(join(dataDir, FILE), { throwIfNoEntry: false });
  return stat === undefined ? 'missing' : `${stat.ino}:${stat.size}:${stat.mtimeMs}:${stat.ctimeMs}`;
}

function takeLock(lock: string): void {
  // The file system stamps with the real clock, so that is the one to compare with.
  const held = statSync(lock, { throwIfNoEntry: false });
  if (held !== undefined && Date.now() - held.mtimeMs > STALE_LOCK_MS) rmSync(lock, { force: true });
  try {
    closeSync(openSync(lock, 'wx', OWNER_ONLY));
  } catch (cause) {
    throw new Failure('CONFIG_INVALID', `another token command is at work (${lock} exists)`, { cause });
  }
}
