// A disk that fills up in the middle of a file: the limit on a file's size does the same to a process, a write that takes only
// the first part.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const WRITE = `
  import { replaceFile } from '${resolve('dist/access/replace-file.js')}';
  replaceFile(process.argv[1], 'n'.repeat(5_000));
`;

test('what does not fit on the disk leaves the old file as it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'errata-replace-'));
  const path = join(folder, 'tokens.json');
  writeFileSync(path, 'old');
  const limited = 'ulimit -f 4; exec "$0" --input-type=module --eval "$1" "$2"';
  expect(() => execFileSync('sh', ['-c', limited, process.execPath, WRITE, path], { stdio: 'pipe' })).toThrow('EFBIG');
  expect(readFileSync(path, 'utf8')).toBe('old');
  rmSync(folder, { recursive: true });
});
