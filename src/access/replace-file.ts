// Written whole to a file beside it, synced, then renamed over it, so that a reader or a power cut never meets half a file.
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Only the owner may read: not even hashes are for others. */
export const OWNER_ONLY = 0o600;

export function replaceFile(path: string, text: string): void {
  const next = `${path}.next`;
  rmSync(next, { force: true });
  const file = openSync(next, 'wx', OWNER_ONLY);
  try {
    // Not writeSync, which on a full disk writes a part and does not fail.
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

export function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
}
