// The second half of a restore. What was restored stands whole in <dataDir>/restored, which got that name in one step, and is
// moved to its places from there: the files first, the store last. A restore that was cut off before that step has left a
// folder that nobody reads; one that was cut off after it is finished by the next `errata serve` or `errata restore`.
import { link, lstat, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '../failure.ts';
import { MANIFEST, parseManifest } from './backup-manifest.ts';
import type { BackupManifest } from './backup-manifest.ts';
import { sync } from './sync-files.ts';

export const RESTORED = 'restored';

/** What was finished; undefined: nothing was cut off. Throws CONFIG_INVALID when something stands where it has to go. */
export async function finishRestore(folder: string): Promise<BackupManifest | undefined> {
  const dataDir = resolve(folder);
  const restored = join(dataDir, RESTORED);
  // Without it the folder is not of a restore.
  if (!(await isThere(join(restored, MANIFEST)))) return undefined;
  const manifest = await parseManifest(restored);
  const files = join(restored, 'files');
  const names = (await isThere(files)) ? await readdir(files) : [];
  const store = join(restored, 'clickhouse');
  for (const name of names) await refuseOther(join(files, name), join(dataDir, name));
  if (await isThere(store)) await refuseFilledStore(join(dataDir, 'clickhouse'));
  for (const name of names) {
    await orDone(link(join(files, name), join(dataDir, name)), 'EEXIST');
    await rm(join(files, name), { force: true });
  }
  await sync(dataDir);
  await orDone(rename(store, join(dataDir, 'clickhouse')), 'ENOENT');
  await sync(dataDir);
  await orDone(rmdir(files), 'ENOENT');
  await rm(join(restored, MANIFEST), { force: true });
  await orDone(rmdir(restored), 'ENOENT');
  return manifest;
}

/** For whoever would make a store in the place of the one that waits. */
export async function refuseHalfRestored(dataDir: string): Promise<void> {
  if (await isThere(join(dataDir, RESTORED, MANIFEST))) {
    throw new Failure(
      'CONFIG_INVALID',
      `a restore into ${dataDir} was cut off at its end: errata serve, or the same errata restore, finishes it`,
    );
  }
}

/** A file that an earlier try has put there is the same one. */
async function refuseOther(source: string, place: string): Promise<void> {
  const [from, to] = await Promise.all([statOf(source), statOf(place)]);
  if (to !== undefined && from?.ino !== to.ino) throw inTheWay(place);
}

async function refuseFilledStore(place: string): Promise<void> {
  if ((await isThere(place)) && (await readdir(place)).length > 0) throw inTheWay(place);
}

function inTheWay(place: string): Failure {
  return new Failure(
    'CONFIG_INVALID',
    `${place} is in the way of a restore that was cut off: move it away, or delete ${RESTORED} beside it`,
  );
}

async function isThere(path: string): Promise<boolean> {
  return (await statOf(path)) !== undefined;
}

function statOf(path: string): ReturnType<typeof lstat> | Promise<undefined> {
  return lstat(path).catch(() => undefined) as ReturnType<typeof statOf>;
}

/** `code`: an earlier try, or another process that finishes the same restore, has done it. */
async function orDone(done: Promise<unknown>, code: 'EEXIST' | 'ENOENT'): Promise<void> {
  try {
    await done;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== code) throw cause;
  }
}
