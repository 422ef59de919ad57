import { expect, test } from 'vitest';
import type { ErrorType } from '../../src/errors/error-event.ts';
import { createClassifier } from '../../src/errors/error-type.ts';
import type { AttributeValue } from '../../src/ingest/candidate.ts';
import { attributes } from './candidates.ts';

interface Case {
  readonly type?: string;
  readonly root?: string;
  readonly message?: string;
  readonly stack?: boolean;
  readonly with?: Record<string, AttributeValue>;
}

const cases: readonly (readonly [ErrorType, Case])[] = [
  ['health_check_failed', { message: 'PostgreSQL health check failed' }],
  [
    'health_check_failed',
    { type: 'Error', message: 'Health check failed for redis: connect ECONNREFUSED 10.0.0.2:6379' },
  ],
  ['health_check_failed', { message: 'Readiness probe failed: HTTP probe failed with statuscode: 503' }],
  ['connection_failed', { type: 'Error', message: 'connect ECONNREFUSED 127.0.0.1:5432' }],
  ['connection_failed', { type: 'java.net.ConnectException', message: 'Connection refused (Connection refused)' }],
  ['connection_failed', { type: 'ConnectionRefusedError', message: '[Errno 111] Connection refused' }],
  ['connection_failed', { type: '*net.OpError', message: 'dial tcp 10.0.0.3:5432: connect: connection refused' }],
  ['connection_failed', { type: 'Error', message: 'socket hang up' }],
  ['connection_failed', { message: 'Redis connection to cache:6379 failed' }],
  ['connection_failed', { type: 'PG::ConnectionBad', message: 'could not connect to server' }],
  ['connection_failed', { message: 'terminating', with: { 'db.response.status_code': '08006' } }],
  ['connection_failed', { message: 'call failed', with: { 'error.type': 'ECONNRESET' } }],
  ['pool_exhausted', { message: 'Redis connection pool exhausted' }],
  [
    'pool_exhausted',
    {
      type: 'java.sql.SQLTransientConnectionException',
      message: 'HikariPool-1 - Connection is not available, request timed out after 30000ms.',
    },
  ],
  [
    'pool_exhausted',
    {
      type: 'sqlalchemy.exc.TimeoutError',
      message: 'QueuePool limit of size 5 overflow 10 reached, connection timed out',
    },
  ],
  ['pool_exhausted', { message: 'sorry, too many clients already' }],
  [
    'pool_exhausted',
    { type: 'KnexTimeoutError', message: 'Knex: Timeout acquiring a connection. The pool is probably full.' },
  ],
  ['out_of_memory', { type: 'java.lang.OutOfMemoryError', message: 'Java heap space' }],
  ['out_of_memory', { message: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory' }],
  ['out_of_memory', { type: 'MemoryError' }],
  ['out_of_memory', { message: 'Container was OOMKilled' }],
  ['out_of_memory', { message: "OOM command not allowed when used memory > 'maxmemory'." }],
  ['dns_failed', { type: 'Error', message: 'getaddrinfo ENOTFOUND db.internal' }],
  ['dns_failed', { type: 'java.net.UnknownHostException', message: 'payments: Name or service not known' }],
  ['dns_failed', { message: 'dial tcp: lookup api on 10.96.0.10:53: no such host' }],
  ['tls_failed', { message: 'certificate has expired', with: { 'error.type': 'CERT_HAS_EXPIRED' } }],
  ['tls_failed', { type: 'javax.net.ssl.SSLHandshakeException', message: 'PKIX path building failed' }],
  ['tls_failed', { message: 'x509: certificate signed by unknown authority' }],
  ['rate_limited', { type: 'AxiosError', message: 'Request failed with status code 429' }],
  ['rate_limited', { type: 'ThrottlingException', message: 'Rate exceeded' }],
  ['rate_limited', { message: 'failed', with: { 'http.response.status_code': 429 } }],
  ['auth_failed', { message: 'password authentication failed for user "app"' }],
  ['auth_failed', { type: 'error', message: 'nope', with: { 'db.response.status_code': '28P01' } }],
  ['auth_failed', { type: 'ReplyError', message: 'WRONGPASS invalid username-password pair' }],
  ['auth_failed', { type: 'TokenExpiredError', message: 'jwt expired' }],
  ['auth_failed', { message: 'denied', with: { 'http.response.status_code': 403 } }],
  ['timeout', { type: 'TimeoutError', message: 'The operation was aborted due to timeout' }],
  ['timeout', { type: 'Error', message: 'connect ETIMEDOUT 10.0.0.4:443' }],
  ['timeout', { message: 'context deadline exceeded' }],
  ['timeout', { type: 'java.net.SocketTimeoutException', message: 'Read timed out' }],
  ['timeout', { message: 'x', with: { 'http.response.status_code': 504 } }],
  ['database_error', { type: 'org.postgresql.util.PSQLException', message: 'ERROR: relation "orders" does not exist' }],
  [
    'database_error',
    { type: 'psycopg2.errors.UniqueViolation', message: 'duplicate key value violates unique constraint "users_pkey"' },
  ],
  ['database_error', { type: 'QueryFailedError', message: 'column "totl" does not exist' }],
  ['database_error', { message: 'ORA-00942: table or view does not exist' }],
  ['database_error', { message: 'Code: 62. DB::Exception: Syntax error' }],
  ['database_error', { type: 'Error', message: 'bad things', with: { 'db.system.name': 'postgresql' } }],
  ['database_error', { message: 'x', with: { 'db.response.status_code': '42P01' } }],
  ['api_error', { type: 'AxiosError', message: 'Request failed with status code 502' }],
  ['api_error', { type: 'requests.exceptions.HTTPError', message: '500 Server Error: for url' }],
  ['api_error', { message: 'HTTP 500', with: { 'http.response.status_code': 500 } }],
  ['api_error', { type: 'TypeError', message: 'fetch failed' }],
  ['unhandled_exception', { type: 'TypeError', message: "Cannot read properties of undefined (reading 'total')" }],
  [
    'unhandled_exception',
    { type: 'TypeError', message: 'x is not a function', with: { 'http.response.status_code': 500 } },
  ],
  ['unhandled_exception', { type: 'java.lang.NullPointerException' }],
  ['unhandled_exception', { message: 'boom', stack: true }],
  ['other', { message: 'something odd' }],
  ['other', {}],
];

test.each(cases)('%s: %o', (expected, given) => {
  const classify = createClassifier();
  const symptoms = {
    exceptionType: given.type ?? '',
    rootType: given.root ?? '',
    message: { shown: given.message ?? '' },
    hasStack: given.stack ?? false,
    attributes: [attributes(given.with ?? {})],
  };
  expect(classify(symptoms)).toBe(expected);
  // The second time it is remembered.
  expect(classify(symptoms)).toBe(expected);
});

test('the root cause decides before the exception around it', () => {
  const symptoms = {
    exceptionType: 'com.acme.CheckoutFailed',
    message: { shown: 'checkout failed' },
    hasStack: true,
    attributes: [],
  };
  expect(createClassifier()({ ...symptoms, rootType: 'java.net.ConnectException' })).toBe('connection_failed');
});
