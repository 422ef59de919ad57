import { expect, test } from 'vitest';
import { fieldOf, isField } from '../../../src/healing/error-fields.ts';
import { errorWith } from './healing-error.ts';

const of = (name: string, details: Record<string, unknown>) => fieldOf(errorWith({ details }), name);

test('columns, and empty ones as missing', () => {
  const error = errorWith({ message: 'gone', traceId: 't', handled: false });
  expect(['service', 'error_type', 'message', 'trace_id', 'handled'].map((name) => fieldOf(error, name))).toEqual([
    'shop',
    'timeout',
    'gone',
    't',
    false,
  ]);
  expect(fieldOf(error, 'release')).toBeUndefined();
  expect(fieldOf(error, 'constructor')).toBeUndefined();
});

test('keys of details with dots in them, then nested ones', () => {
  expect(of('details.db.system', { 'db.system': 'redis', db: { system: 'no' } })).toBe('redis');
  expect(of('details.db.system', { db: { system: 'nested' } })).toBe('nested');
  expect(of('details.a.b.c', { 'a.b': { c: 3 } })).toBe(3);
  expect(of('details.db.gone', { db: { system: 'nested' } })).toBeUndefined();
  expect(of('details.constructor', {})).toBeUndefined();
  expect(of('details.list', { list: ['a', 'b'] })).toBe('["a","b"]');
});

test.each<[string, Record<string, unknown>, string | undefined, number | undefined]>([
  ['semantic conventions', { 'server.address': 'db', 'server.port': 5432 }, 'db', 5432],
  ['the older ones', { 'net.peer.name': 'db', 'net.peer.port': '5432' }, 'db', 5432],
  ["Node's system errors", { address: '10.0.0.7', port: 6379 }, '10.0.0.7', 6379],
  ['a URL', { 'url.full': 'http://inventory:8080/x' }, 'inventory', 8080],
  ['a URL without a port', { 'http.url': 'https://api.example.com/x' }, 'api.example.com', 443],
  ['nothing', { 'server.port': 'many' }, undefined, undefined],
])('the peer by %s', (_name, details, address, port) => {
  expect([of('peer.address', details), of('peer.port', details)]).toEqual([address, port]);
});

test('the name of the peer is what a health check calls it, else its address', () => {
  expect(of('peer.name', { service_name: 'PostgreSQL', 'server.address': 'db' })).toBe('PostgreSQL');
  expect(of('peer.name', { 'peer.service': 'billing', 'server.address': 'b1' })).toBe('billing');
  expect(of('peer.name', { 'server.address': 'b1' })).toBe('b1');
});

test('only what an error can have is a field', () => {
  expect(['service', 'details.x', 'peer.name'].map(isField)).toEqual([true, true, true]);
  expect(['details.', 'services', 'toString', 'peer'].map(isField)).toEqual([false, false, false, false]);
});
