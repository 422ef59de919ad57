import { expect, test } from 'vitest';
import { createRedactor } from '../../src/errors/redact.ts';
import type { RedactionSettings } from '../../src/errors/redact.ts';

const redact = (text: string, settings: Partial<RedactionSettings> = {}): string =>
  createRedactor({ enabled: true, ...settings }).text(text);

const jwt =
  'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';

test.each([
  ['postgres://app:s3cr3t@db.internal:5432/shop refused', 'postgres://app:[secret]@db.internal:5432/shop refused'],
  ['redis://:hunter2@cache:6379', 'redis://:[secret]@cache:6379'],
  ['amqp://user:p@ss@mq/vhost', 'amqp://user:[secret]@mq/vhost'],
  ['Authorization: Bearer abcdef', 'Authorization: [secret]'],
  ['{"authorization":"Basic dXNlcjpwYXNz","path":"/x"}', '{"authorization":"[secret]","path":"/x"}'],
  ["headers: { cookie: 'sid=1; theme=dark' }", "headers: { cookie: '[secret]' }"],
  ['Set-Cookie: sid=abc; HttpOnly\nnext line', 'Set-Cookie: [secret]\nnext line'],
  ['sent bearer 9f8e7d6c5b4a to upstream', 'sent bearer [secret] to upstream'],
  [`token ${jwt} expired`, 'token [secret] expired'],
  ['key AKIAIOSFODNN7EXAMPLE was denied', 'key [secret] was denied'],
  ['push with ghp_abcdefghijklmnopqrstuvwxyz0123456789 failed', 'push with [secret] failed'],
  ['stripe sk_live_4eC39HqLyjWDarjtT1zdp7dc declined', 'stripe [secret] declined'],
  ['password=hunter2 user=bob', 'password=[secret] user=bob'],
  ['{"password": "hunter2", "user": "bob"}', '{"password": "[secret]", "user": "bob"}'],
  ['DB_PASSWORD: hunter2', 'DB_PASSWORD: [secret]'],
  ['GET /cb?access_token=abc123&state=5', 'GET /cb?access_token=[secret]&state=5'],
  ["api_key='k-1'", "api_key='[secret]'"],
  ['client_secret = 12345', 'client_secret = [secret]'],
  ['user jane.doe+x@example.co.uk not found', 'user [email] not found'],
  ['card 4111 1111 1111 1111 declined', 'card [card] declined'],
  ['card 5555-5555-5555-4444 declined', 'card [card] declined'],
  ['amex 378282246310005', 'amex [card]'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nafter', '[secret]\nafter'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE cut off', '[secret]'],
])('%s', (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test.each([
  'PostgreSQL health check failed',
  'password authentication failed for user "app"',
  'SyntaxError: Unexpected token: }',
  'Unexpected token: foo',
  'Basic authentication is required',
  'order 4111111111111112 not found', // fails the Luhn check
  'at 1787306430000 ms', // a time in milliseconds
  'trace 4bf92f3577b34da6a3ce929d0e0e4736',
  'Cannot find module lodash@4.17.21',
  '    at file:///app/node_modules/.pnpm/express@4.18.2/node_modules/express/lib/router.js:12:9',
  'render@app.bundle.js:1:2',
  'connect ECONNREFUSED 10.0.0.1:5432',
  'secret is null: token=null',
  'NullPointerException: Cannot invoke "Token.getValue()"',
])('leaves "%s" alone', (text) => {
  expect(redact(text)).toBe(text);
});

test('a rule can be switched off, and all of them', () => {
  expect(redact('jane@example.com password=x1', { rules: { email: false } })).toBe(
    'jane@example.com password=[secret]',
  );
  expect(redact('jane@example.com password=x1', { enabled: false })).toBe('jane@example.com password=x1');
});

test('values under secret keys go whole, at any depth; counts of tokens and flags stay', () => {
  const redactor = createRedactor({ enabled: true, extraKeys: ['iban'] });
  expect(redactor.value('db.password', 'x')).toBe('[secret]');
  expect(redactor.value('http.request.header.authorization', ['Bearer x'])).toBe('[secret]');
  expect(redactor.value('X-Api-Key', 'k')).toBe('[secret]');
  expect(redactor.value('sessionToken', { a: 1 })).toBe('[secret]');
  expect(redactor.value('customerIban', 'DE1')).toBe('[secret]');
  expect(redactor.value('pin', { user: { password: 'x', name: 'bob', mail: ['a@b.example'] } })).toEqual({
    user: { password: '[secret]', name: 'bob', mail: ['[email]'] },
  });
  expect(redactor.value('gen_ai.usage.input_tokens', 512)).toBe(512);
  expect(redactor.value('token_count', 3)).toBe(3);
  expect(redactor.value('has_password', true)).toBe(true);
  expect(redactor.value('author', 'bob')).toBe('bob');
  expect(redactor.value('session.id', 'abc')).toBe('abc');
});

test('what was found is counted by rule', () => {
  const redactor = createRedactor({ enabled: true });
  redactor.text('a@b.example and c@d.example, password=x1');
  redactor.value('cookie', 'sid');
  expect(redactor.counts()).toEqual({
    private_key: 0,
    url_password: 0,
    authorization: 0,
    jwt: 0,
    provider_key: 0,
    key_value: 1,
    email: 2,
    card: 0,
    key: 1,
  });
});

test('redacting twice changes nothing more', () => {
  const text = 'password=x1 Authorization: Bearer y2z3a4b5 a@b.example postgres://u:p@h/db 4111111111111111';
  expect(redact(redact(text))).toBe(redact(text));
});

const MEGABYTE = 1_000_000;
test.each([
  ['eyJ'],
  ['-eyJ'],
  ['eyJaaaaaa.'],
  ['a@'],
  ['a.b-'],
  ['@a.'],
  ['a@b.c.'],
  ['://a:'],
  ['://a:b'],
  ['1 '],
  ['4111 '],
  ['41111111'],
  ['-----BEGIN PRIVATE KEY-----'],
  ['-----BEGIN '],
  ['password'],
  ['password='],
  ['password:"'],
  ['token : '],
  ['bearer '],
  ['basic a'],
  ['cookie:'],
  ['authorization: "'],
  ['sk-'],
  ['AKIA'],
  ['SG.a'],
])('a megabyte of "%s" is redacted in linear time', (unit) => {
  const text = unit.repeat(MEGABYTE / unit.length);
  const startMs = performance.now();
  redact(`${text} password=x1`);
  // Tens of milliseconds; a quadratic pattern takes minutes.
  expect(performance.now() - startMs).toBeLessThan(3_000);
});
