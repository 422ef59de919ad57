import { constants } from 'node:fs';
import { access, readdir, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { findingsOf, reasonOf } from './finding.ts';
import type { Finding } from './finding.ts';

const GIB = 1_073_741_824;

/** Below it merges of the store may fail. */
const NEEDED_BYTES = GIB;
const SHORT_BYTES = 10 * GIB;

const { good, warning, bad } = findingsOf('data folder');

export async function checkDataFolder(dataDir: string): Promise<readonly Finding[]> {
  const path = resolve(dataDir);
  const isThere = (await stat(path).catch(() => undefined)) !== undefined;
  const used = isThere ? path : await nearestFolder(path);
  let names: readonly string[];
  try {
    names = isThere ? await readdir(path) : [];
    await access(used, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    return [
      bad(
        `${path} can't be written: ${reasonOf(cause)}`,
        'give it to the user that runs Errata, or set ERRATA_DATA_DIR',
      ),
    ];
  }
  const { bavail, bsize } = await statfs(used);
  return [
    good(isThere ? `${path} can be written` : `${path} is not there yet: the first start makes it`),
    roomOf(bavail * bsize),
    ...leftOvers(names),
  ];
}

/** Of a restore that was cut off. One that is at work has such a folder as well. */
function leftOvers(names: readonly string[]): readonly Finding[] {
  return names
    .filter((name) => /^restoring-\w{6}$/.test(name))
    .map((name) => warning(`${name} is of a restore that was cut off`, 'delete it, unless one is running'));
}

function roomOf(freeBytes: number): Finding {
  const free = `${(freeBytes / GIB).toFixed(1)} GiB are free`;
  const todo = 'make room, shorten retention_days, or move ERRATA_DATA_DIR; docs/scaling.md has sizes';
  if (freeBytes < NEEDED_BYTES) return bad(free, todo);
  return freeBytes < SHORT_BYTES ? warning(free, todo) : good(free);
}

async function nearestFolder(path: string): Promise<string> {
  const parent = dirname(path);
  const found = await stat(parent).catch(() => undefined);
  return found !== undefined || parent === path ? parent : nearestFolder(parent);
}
