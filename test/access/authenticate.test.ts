import { expect, test } from 'vitest';
import { createAuthenticator } from '../../src/access/authenticate.ts';
import { toTokenRecord } from '../../src/access/token-record.ts';
import type { TokenRecord } from '../../src/access/token-record.ts';

// printf errata_abc | sha256sum
const SHA256_OF_ERRATA_ABC = '3943b9eaf147f48e779767efd8488127b64ee6b49f68348ef8e5729c92115843';
const NOW = Date.UTC(2026, 0, 1);
const record = (over: Partial<TokenRecord> = {}): TokenRecord => ({
  ...toTokenRecord({ name: 'svc', token: 'errata_abc', company: 7, scopes: ['read'] }),
  ...over,
});
const authenticatorOf = (...records: TokenRecord[]) => createAuthenticator({ records: () => records, now: () => NOW });

test('a token is its holder: company, scopes, name', () => {
  expect(authenticatorOf(record())('Bearer errata_abc')).toEqual({
    tokenId: 'config:svc',
    name: 'svc',
    company: 7,
    scopes: new Set(['read']),
  });
});

test('the scheme may be written in any case', () => {
  expect(authenticatorOf(record())('bearer errata_abc').name).toBe('svc');
});

test('of several tokens the one that was sent counts', () => {
  const other = toTokenRecord({ name: 'other', token: 'errata_xyz', company: 8, scopes: [] });
  expect(authenticatorOf(record(), other)('Bearer errata_xyz').company).toBe(8);
  expect(authenticatorOf(other, record())('Bearer errata_abc').company).toBe(7);
});

test('a configured hash works as its token does', () => {
  const real = toTokenRecord({ name: 'h', hash: SHA256_OF_ERRATA_ABC.toUpperCase(), company: 1, scopes: [] });
  expect(authenticatorOf(real)('Bearer errata_abc').name).toBe('h');
});

test.each([
  ['no header', undefined],
  ['an empty header', ''],
  ['another scheme', 'Basic errata_abc'],
  ['an unknown token', 'Bearer errata_abd'],
  ['a prefix of a token', 'Bearer errata_ab'],
  ['its hash instead of it', `Bearer ${record().hash}`],
  ['two tokens', 'Bearer errata_abc errata_abc'],
  ['a very long one', `Bearer ${'a'.repeat(10_000)}`],
])('%s is refused', (_what, header) => {
  expect(() => authenticatorOf(record())(header)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
});

test('a token works until it expires and no millisecond longer', () => {
  expect(authenticatorOf(record({ expiresAtMs: NOW + 1 }))('Bearer errata_abc').name).toBe('svc');
  expect(() => authenticatorOf(record({ expiresAtMs: NOW }))('Bearer errata_abc')).toThrow(/expired/);
});

test('a revoked token is refused, and leaves the door closed', () => {
  const authenticate = authenticatorOf(record({ revokedAtMs: NOW - 1 }));
  expect(() => authenticate('Bearer errata_abc')).toThrow(/revoked/);
  expect(() => authenticate(undefined)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
});

test('without any token everyone is the local user of all companies', () => {
  const principal = authenticatorOf()(undefined);
  expect(principal).toMatchObject({ name: 'local', company: '*' });
  expect([...principal.scopes]).toEqual(['ingest', 'read', 'write', 'fix', 'approve', 'admin']);
});

test('the first token that appears closes the door, and its disappearance does not open it', () => {
  let records: readonly TokenRecord[] = [];
  const authenticate = createAuthenticator({ records: () => records, now: () => NOW });
  expect(authenticate(undefined).name).toBe('local');
  records = [record()];
  expect(() => authenticate(undefined)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
  records = [];
  expect(() => authenticate(undefined)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
});
