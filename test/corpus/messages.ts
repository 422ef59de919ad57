// No stack at all: only types and messages tell.
import type { CorpusEntry, CorpusGroup } from './corpus.ts';

function told(type: string, messages: readonly string[]): readonly CorpusEntry[] {
  return messages.map((message) => ({ language: '', type, message, stack: '' }));
}

export const messages: readonly CorpusGroup[] = [
  {
    name: 'messages: user not found by id',
    entries: told('NotFound', [
      'user 42 not found',
      'user 43 not found',
      'user 1000000 not found',
    ]),
  },
  {
    name: 'messages: user not found by uuid',
    entries: told('NotFound', [
      'user 6f1c1c9e-3a52-4c0b-9df1-0c7b8a0f2f11 not found',
      'user 00000000-0000-4000-8000-000000000001 not found',
    ]),
  },
  {
    name: 'messages: order not found by id',
    entries: told('NotFound', ['order 42 not found', 'order 43 not found']),
  },
  {
    name: 'messages: the same words, another type',
    entries: told('Gone', ['user 42 not found']),
  },
  {
    name: 'messages: upstream status 503',
    entries: told('UpstreamFailed', [
      'GET https://api-1.example.com/v1/users/7 answered status 503 after 812ms',
      'GET https://api-2.example.com/v1/users/19 answered status 503 after 1.4s',
    ]),
  },
  {
    name: 'messages: upstream status 500',
    entries: told('UpstreamFailed', ['GET https://api-1.example.com/v1/users/7 answered status 500 after 812ms']),
  },
  {
    name: 'messages: another path of the upstream',
    entries: told('UpstreamFailed', ['GET https://api-1.example.com/v1/orders/7 answered status 503 after 812ms']),
  },
  {
    name: 'messages: an Oracle code',
    entries: told('DatabaseError', ['ORA-00942: table or view does not exist at 2026-08-21T10:00:00Z', 'ORA-00942: table or view does not exist at 2026-08-22T11:30:59.123Z']),
  },
  {
    name: 'messages: another Oracle code',
    entries: told('DatabaseError', ['ORA-00904: table or view does not exist at 2026-08-21T10:00:00Z']),
  },
  {
    name: 'messages: SQLSTATE',
    entries: told('PDOException', ['SQLSTATE[42P01]: Undefined table: 7', 'SQLSTATE[42P01]: Undefined table: 9']),
  },
  {
    name: 'messages: another SQLSTATE',
    entries: told('PDOException', ['SQLSTATE[42703]: Undefined table: 7']),
  },
  {
    name: 'messages: a file that is missing',
    entries: told('ENOENT', [
      "ENOENT: no such file or directory, open '/app/data/settings.json'",
      "ENOENT: no such file or directory, open '/home/ann/shop/settings.json'",
      "ENOENT: no such file or directory, open 'C:\\shop\\settings.json'",
    ]),
  },
  {
    name: 'messages: another file that is missing',
    entries: told('ENOENT', ["ENOENT: no such file or directory, open '/app/data/rates.json'"]),
  },
  {
    name: 'messages: a duplicate row',
    entries: told('DbError', [
      'duplicate entry "ann smith 7" for key "users"',
      'duplicate entry "bob jones 12, jr" for key "users"',
    ]),
  },
  {
    name: 'messages: a duplicate row of another table',
    entries: told('DbError', ['duplicate entry "ann smith 7" for key "orders"']),
  },
  {
    name: 'messages: JSON with its keys in any order',
    entries: told('LogError', [
      '{"event":"payment failed","order":4711,"took":"12ms"}',
      '{"took":"3.5s","order":12,"event":"payment failed"}',
    ]),
  },
  {
    name: 'messages: JSON of another event',
    entries: told('LogError', ['{"event":"refund failed","order":4711,"took":"12ms"}']),
  },
  {
    name: 'messages: a token that expired',
    entries: told('AuthFailed', [
      'token AbCdEfGh1JkLmNoPqRsTuVwXyZ012345 expired for 4bf92f3577b34da6a3ce929d0e0e4736',
      'token ZyXwVuTsRqPoNmLkJiHgFeDcBa987654 expired for 0af7651916cd43dd8448eb211c80319c',
    ]),
  },
  {
    name: 'messages: a pod that restarts',
    entries: told('PodFailed', [
      'pod shop-7d9f8b6c5-x2x4z was evicted: used 512MiB',
      'pod shop-66c4f9d7b8-9kqlm was evicted: used 1.2GiB',
    ]),
  },
  {
    name: 'messages: a pointer',
    entries: told('SIGSEGV', ['invalid address 0x7ffdeadbeef at 0x10', 'invalid address 0x0 at 0x7f00']),
  },
  {
    name: 'messages: two hosts',
    entries: told('DnsFailed', [
      'getaddrinfo ENOTFOUND db-1.eu.example.com',
      'getaddrinfo ENOTFOUND db-2.us.example.com',
    ]),
  },
  {
    name: 'messages: Redis pool',
    entries: told('PoolExhausted', [
      'Redis connection pool exhausted (50/50 in use, waited 5000 ms)',
      'Redis connection pool exhausted (20/20 in use, waited 250 ms)',
    ]),
  },
];
