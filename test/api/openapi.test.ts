// /openapi.json says what the door does: every route is in it, and every real answer fits what it promises.
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { answerRoutes, routes } from '../../src/api/routes.ts';
import { attemptOn } from '../operations/memory-healing.ts';
import { openTestApi } from './open-test-api.ts';
import type { TestApi } from './open-test-api.ts';

let t: TestApi;
let openapi: {
  openapi: string;
  paths: Record<string, Record<string, Described>>;
};
interface Described {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { required: boolean; content: { 'application/json': { schema: { required: string[] } } } };
  responses: Record<string, { content: Record<string, { schema: unknown }> }>;
}

beforeAll(async () => {
  t = await openTestApi();
  openapi = (await t.api.server.inject({ url: '/openapi.json' })).json();
});
afterAll(async () => {
  await t.close();
});

test('it is OpenAPI 3.1 and has every route', () => {
  expect(openapi.openapi).toBe('3.1.0');
  const described = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(
    [
      'GET /api/activity',
      'GET /api/agents',
      'GET /api/delegations',
      'GET /api/delegations/{id}',
      'GET /api/errors',
      'GET /api/errors/{id}',
      'GET /api/errors/{id}/similar',
      'GET /api/fixes',
      'GET /api/fixes/{id}',
      'GET /api/groups',
      'GET /api/groups/{fingerprint}',
      'GET /api/healing',
      'GET /api/me',
      'GET /api/notifications',
      'GET /api/releases',
      'GET /api/rules',
      'GET /api/stream',
      'GET /api/trends',
      'POST /api/backups',
      'POST /api/delegations',
      'POST /api/delegations/{id}/ack',
      'POST /api/delegations/{id}/release',
      'POST /api/delegations/{id}/report',
      'POST /api/errors/log',
      'POST /api/errors/{id}/fix',
      'POST /api/errors/{id}/reopen',
      'POST /api/errors/{id}/resolve',
      'POST /api/fixes/{id}/approve',
      'POST /api/fixes/{id}/reject',
      'POST /api/fixes/{id}/rollback',
      'POST /api/healing/pause',
    ].sort(),
  );
  expect(routes).toHaveLength(31);
});

test('fields stand where they are read: path, query or body', () => {
  const list = openapi.paths['/api/errors']?.['get'];
  expect(list?.parameters?.map((parameter) => `${parameter.in} ${parameter.name}`).sort()).toEqual([
    'query company_id',
    'query cursor',
    'query environment',
    'query error_type',
    'query fingerprint',
    'query limit',
    'query q',
    'query resolved',
    'query service',
    'query severity',
    'query since',
    'query until',
  ]);
  expect(list?.parameters?.find((parameter) => parameter.name === 'limit')).toMatchObject({
    required: false,
    schema: { type: 'integer', minimum: 1, maximum: 1_000, default: 50 },
  });
  const resolve = openapi.paths['/api/errors/{id}/resolve']?.['post'];
  expect(resolve?.parameters).toMatchObject([{ name: 'id', in: 'path', required: true }]);
  expect(resolve?.requestBody).toMatchObject({
    required: true,
    content: { 'application/json': { schema: { required: ['resolution_notes'], additionalProperties: false } } },
  });
  expect(openapi.paths['/api/errors/{id}/reopen']?.['post']?.requestBody).toMatchObject({ required: false });
});

test('a call that may find its work done already says both of its answers', () => {
  expect(Object.keys(openapi.paths['/api/delegations']?.['post']?.responses ?? {})).toEqual(['200', '201', 'default']);
  expect(Object.keys(openapi.paths['/api/errors/log']?.['post']?.responses ?? {})).toEqual(['201', 'default']);
});

test('every reference leads somewhere', () => {
  const text = JSON.stringify(openapi);
  expect([...new Set(text.match(/"\$ref":"[^"]+"/g))]).toEqual(['"$ref":"#/components/schemas/Problem"']);
});

test('every real answer fits the schema of its operation, to the field', async () => {
  const logged = await t.api.server.inject({
    method: 'POST',
    url: '/api/errors/log',
    payload: { service: 's', severity: 'critical', error_type: 'timeout', message: 'm', trace_id: 'a'.repeat(32) },
  });
  await t.api.server.inject({
    method: 'POST',
    url: '/api/errors/log',
    payload: { service: 's', severity: 'critical', message: 'other', trace_id: 'a'.repeat(32) },
  });
  const { id, fingerprint } = logged.json();
  const answers: Record<string, unknown> = { 'POST /api/errors/log': logged.json() };
  const payloads: Record<string, object> = {
    'POST /api/errors/:id/resolve': { resolution_notes: 'n' },
    'POST /api/fixes/:id/reject': { reason: 'n' },
    'POST /api/healing/pause': { paused: false },
    'POST /api/delegations': { error_id: id, agents: ['morgan'], reason: 'r' },
    'POST /api/delegations/:id/report': { status: 'found', summary: 's', evidence: ['e'] },
    'POST /api/delegations/:id/release': { reason: 'r' },
  };
  for (const { method, path, status } of answerRoutes) {
    const name = `${method} ${path}`;
    if (name in answers) continue;
    const itsId = await idFor(path, id);
    const answer = await t.api.server.inject({
      method,
      url: path.replace(':id', itsId).replace(':fingerprint', fingerprint),
      ...(method === 'POST' ? { payload: payloads[name] ?? {} } : {}),
    });
    expect(answer.statusCode, answer.body).toBe(status);
    answers[name] = answer.json();
  }
  for (const { method, path, operation } of answerRoutes) {
    const { output } = operation;
    if (!(output instanceof z.ZodObject)) throw new Error(`${operation.name} answers no object`);
    const parsed = output.strict().safeParse(answers[`${method} ${path}`]);
    expect(parsed.error?.issues ?? [], operation.name).toEqual([]);
  }
});

function idFor(path: string, errorId: string): string | Promise<string> {
  if (path.startsWith('/api/fixes/')) return fixOf(errorId).then((fix) => fix.id);
  return path.startsWith('/api/delegations/') ? delegationOf() : errorId;
}

/** Of an error of its own, so that no other call has moved it on. */
let asked = 0;
async function delegationOf(): Promise<string> {
  asked += 1;
  const post = (url: string, payload: object) => t.api.server.inject({ method: 'POST', url, payload });
  const message = `task ${'x'.repeat(asked)}`;
  const error = await post('/api/errors/log', { service: 's', severity: 'critical', message });
  const answer = await post('/api/delegations', {
    error_id: error.json().id,
    agents: ['morgan', 'alex'],
    questions: ['why?'],
    reason: 'r',
  });
  return answer.json().delegations[0].id;
}

/** A fix with all that it can show; one that was not ended waits for approval or can be rolled back. */
async function fixOf(errorId: string): Promise<{ id: string }> {
  const error = await t.store.getError(1, errorId);
  if (error === undefined) throw new Error('the error is gone');
  const step = {
    id: 'restart',
    action: 'container.restart',
    params: { timeout_s: 10, signals: ['TERM'] },
    state: 'done' as const,
    before: { running: true },
    after: { running: true },
    intentAtMs: 1,
    endedAtMs: 2,
    note: '',
  };
  return t.healing.put(attemptOn(error, { steps: [step], escalatedTo: 'morgan', questions: ['why?'] }));
}
