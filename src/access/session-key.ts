// <dataDir>/session-key: what admin sessions are signed with, made when it is first needed. In a file, so that a restart signs
// nobody out, and so that several processors can be given the same one. Its name keeps it out of backups.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.ts';
import { isMissing, replaceFile } from './replace-file.ts';

const FILE = 'session-key';

const KEY_BYTES = 32;
const TEXT = /^[\w-]{43,256}$/;

/** Throws CONFIG_INVALID when the file is there and is no key, and later when it can't be made. */
export function openSessionKey(dataDir: string): () => string {
  const path = join(dataDir, FILE);
  let key = readKey(path);
  return () => (key ??= makeKey(dataDir, path));
}

function readKey(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    if (TEXT.test(text)) return text;
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new Failure('CONFIG_INVALID', `${path} can't be read`, { cause });
  }
  throw new Failure('CONFIG_INVALID', `${path} is no key: delete it, and a new one is made (all are signed out)`);
}

function makeKey(dataDir: string, path: string): string {
  const key = randomBytes(KEY_BYTES).toString('base64url');
  try {
    mkdirSync(dataDir, { recursive: true });
    replaceFile(path, `${key}\n`);
  } catch (cause) {
    throw new Failure('CONFIG_INVALID', `${path} can't be written: nobody can sign in`, { cause });
  }
  return key;
}
