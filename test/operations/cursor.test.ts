import { expect, test } from 'vitest';
import { isFingerprint, isUuid, parseCursor, toCursor } from '../../src/operations/cursor.ts';

test('a cursor gives back the position it was made from, and is safe in a URL', () => {
  const position = { ms: 1_767_225_600_123, key: '0b7f9a52-41b4-8a3c-9f0e-1d2c3b4a5968' };
  const cursor = toCursor(position);
  expect(cursor).toMatch(/^[\w-]+$/);
  expect(parseCursor(cursor)).toEqual(position);
});

test.each([
  '',
  'garbage',
  '%%%',
  Buffer.from('1.x').toString('base64url'),
  Buffer.from('-5.0b7f9a52-41b4-8a3c-9f0e-1d2c3b4a5968').toString('base64url'),
  Buffer.from('99999999999999999.0b7f9a52-41b4-8a3c-9f0e-1d2c3b4a5968').toString('base64url'),
  `${toCursor({ ms: 1, key: 'a'.repeat(32) })}=`,
])('%j is no cursor', (text) => {
  expect(parseCursor(text)).toBeUndefined();
});

test('ids and fingerprints are told apart by their form', () => {
  const uuid = '0b7f9a52-41b4-8a3c-9f0e-1d2c3b4a5968';
  expect([isUuid(uuid), isUuid('a'.repeat(32)), isUuid(`${uuid}0`), isUuid(uuid.toUpperCase())]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  expect([isFingerprint('a'.repeat(32)), isFingerprint(uuid), isFingerprint('g'.repeat(32))]).toEqual([
    true,
    false,
    false,
  ]);
});
