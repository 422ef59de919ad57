import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { createSecrets } from '../../../src/healing/secrets.ts';

test('a value comes from the environment or a file, anew at each use', () => {
  const directory = mkdtempSync(`${tmpdir()}/errata-secret-`);
  const path = `${directory}/password`;
  const secret = createSecrets({ env: { PASSWORD: ' right-horse ' } });
  expect(secret('env:PASSWORD')).toBe(' right-horse ');
  writeFileSync(path, 'right-horse\n');
  expect(secret(`file:${path}`)).toBe('right-horse');
  writeFileSync(path, 'other\r\n');
  expect(secret(`file:${path}`)).toBe('other');
  rmSync(directory, { recursive: true });
});

test.each(['env:MISSING', 'env:EMPTY', 'file:/nowhere/password', 'file:/'])(
  '%s names itself when it has no value',
  (reference) => {
    const secret = createSecrets({ env: { EMPTY: '' } });
    expect(() => secret(reference)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: `${reference} is not there or empty` }),
    );
  },
);

test.each(['right-horse', 'env:', 'vault:right-horse', ''])('%j is no reference, and is not repeated', (reference) => {
  const secret = createSecrets({ env: {} });
  expect(() => secret(reference)).toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID', message: 'a secret is given as env:NAME or file:PATH' }),
  );
});
