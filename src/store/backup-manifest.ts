// backup.json: what a backup holds, with a checksum for each file. Written last, so that a folder without it was never
// finished. The engine's own restore looks at sizes only: a flipped byte showed as late as the first query that met it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as z from 'zod';
import { Failure } from '../failure.ts';

export const MANIFEST = 'backup.json';

/** How many faults are told of a backup that has many. */
const MAX_TOLD = 5;

const manifest = z.strictObject({
  /** Of this file and the folder around it. */
  format: z.literal(1),
  created_at: z.iso.datetime(),
  /** Version of Errata and of ClickHouse that wrote it, and the migration of its tables. */
  errata: z.string(),
  clickhouse: z.string(),
  migration: z.int().min(1),
  errors: z.int().min(0),
  files: z.array(z.strictObject({ path: z.string().min(1), bytes: z.int().min(0), sha256: z.string().length(64) })),
});

export type BackupManifest = z.output<typeof manifest>;

type BackupFile = BackupManifest['files'][number];

export async function listBackupFiles(folder: string): Promise<BackupFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files: BackupFile[] = [];
  for (const path of paths.sort()) {
    const { size } = await stat(path);
    files.push({ path: relative(folder, path).split(sep).join('/'), bytes: size, sha256: await checksum(path) });
  }
  return files;
}

export async function writeManifest(folder: string, contents: BackupManifest): Promise<void> {
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(contents, undefined, 1)}\n`, { flag: 'wx', mode: 0o600 });
}

/** Reads it and holds every file against it. Throws CONFIG_INVALID that says what is wrong. */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const contents = await parseManifest(folder);
  const faults: string[] = [];
  for (const file of contents.files) {
    const fault = await faultOf(join(folder, file.path), file);
    if (fault !== undefined) faults.push(`${file.path}: ${fault}`);
  }
  if (faults.length > 0) {
    const more = faults.length > MAX_TOLD ? `\nand ${faults.length - MAX_TOLD} more` : '';
    throw new Failure(
      'CONFIG_INVALID',
      `the backup ${folder} is damaged, nothing was restored:\n${faults.slice(0, MAX_TOLD).join('\n')}${more}`,
    );
  }
  return contents;
}

/** Without a look at the files. */
export async function parseManifest(folder: string): Promise<BackupManifest> {
  const path = join(folder, MANIFEST);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new Failure('CONFIG_INVALID', `${path} can't be read: not a backup, or one that was never finished`, {
      cause,
    });
  }
  try {
    return manifest.parse(JSON.parse(text));
  } catch (cause) {
    throw new Failure('CONFIG_INVALID', `${path} is not understood: damaged, or of a newer Errata`, { cause });
  }
}

async function faultOf(path: string, { bytes, sha256 }: BackupFile): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'is missing';
  if (found.size !== bytes) return `has ${found.size} bytes, ${bytes} were written`;
  return (await checksum(path)) === sha256 ? undefined : 'was changed';
}

async function checksum(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
