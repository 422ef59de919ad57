// Every tool and resource, two companies, own and foreign ids: another company's id is answered like one that nobody has, and
// nothing of the other company is told or changed. Every tool, every scope: exactly the one that it names.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { resources } from '../../src/mcp/resources.ts';
import { tools } from '../../src/mcp/tools.ts';
import { openTestApi } from '../api/open-test-api.ts';
import type { TestApi } from '../api/open-test-api.ts';
import { attemptOn } from '../operations/memory-healing.ts';
import { eventOf, fingerprintOf, idOf } from '../store/open-store.ts';
import { call, everyScope, toolOf } from './call-tool.ts';
import { contextOf } from './tool-context.ts';
import type { Who } from './tool-context.ts';

interface Ids {
  readonly error: string;
  readonly group: string;
  readonly fix: string;
  readonly delegation: string;
}

let t: TestApi;
let seven: Ids;
let eight: Ids;
const unknown: Ids = {
  error: '0b7f9a52-41b4-4a3c-9f0e-1d2c3b4a5968',
  group: 'd'.repeat(32),
  fix: '0b7f9a52-41b4-4a3c-9f0e-1d2c3b4a5969',
  delegation: '0b7f9a52-41b4-4a3c-9f0e-1d2c3b4a5970',
};
const inSeven: Who = { company: 7 };
const inEight: Who = { company: 8 };

beforeAll(async () => {
  t = await openTestApi();
  seven = await fill(7);
  eight = await fill(8);
});
afterAll(() => t.close());

async function fill(company: number): Promise<Ids> {
  const event = eventOf(company, {
    companyId: company,
    fingerprint: fingerprintOf(company),
    service: `service-of-company-${company}`,
    message: `message-of-company-${company}`,
    traceId: 'c'.repeat(32),
    timestampMs: Date.now() - 1_000,
  });
  await t.store.insert([event, { ...event, id: idOf(company * 100) }]);
  const error = await t.store.getError(company, event.id);
  if (error === undefined) throw new Error('it was not stored');
  const { id: fix } = await t.healing.put(attemptOn(error));
  const { delegation_id } = await call(t.operations, { company }, [
    'devops.agents.delegate',
    { error_id: event.id, agent: 'morgan', reason: `reason-of-company-${company}` },
  ]);
  return { error: event.id, group: event.fingerprint, fix, delegation: String(delegation_id) };
}

/** Arguments with ids in them; lists are also asked without. */
const withIds: Readonly<Record<string, (ids: Ids) => object>> = {
  'devops.errors.fix': ({ error }) => ({ error_id: error }),
  'devops.errors.get': ({ error }) => ({ error_id: error, detail: 'full' }),
  'devops.errors.search': ({ group }) => ({ fingerprint: group }),
  'devops.errors.similar': ({ error }) => ({ error_id: error }),
  'devops.errors.plan': ({ error }) => ({ error_id: error }),
  'devops.errors.resolve': ({ error }) => ({ error_ids: [error] }),
  'devops.fixes.history': ({ error }) => ({ error_id: error }),
  'devops.fixes.rollback': ({ fix }) => ({ fix_id: fix, reason: 'no' }),
  'devops.rules.list': ({ error }) => ({ error_id: error }),
  'devops.agents.delegate': ({ error }) => ({ error_id: error, agent: 'morgan', reason: 'x' }),
  'devops.agents.report': ({ delegation }) => ({ delegation_id: delegation, status: 'working' }),
};
const withoutIds: Readonly<Record<string, object>> = {
  'devops.errors.list': { limit: 100 },
  'devops.errors.groups': {},
  'devops.errors.search': {},
  'devops.errors.trends': { group_by: 'service' },
  'devops.fixes.history': {},
  'devops.rules.list': {},
  'devops.agents.inbox': { agent: 'any', status: 'any' },
};

test('every tool has a case', () => {
  expect([...new Set([...Object.keys(withIds), ...Object.keys(withoutIds)])].sort()).toEqual(
    tools.map(({ name }) => name).sort(),
  );
});

const dryRun = () => t.healing.answerNext({ kind: 'no_rule', unavailable: [] });

/** The answer or the failure, with ids taken out. */
async function outcomeOf(who: Who, name: string, ids: Ids): Promise<string> {
  let said: string;
  try {
    said = JSON.stringify(await call(t.operations, who, [name, withIds[name]?.(ids)]));
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    said = `${cause.code} ${cause.message}`;
  }
  return Object.entries(ids).reduce((text, [kind, id]) => text.replaceAll(String(id), kind), said);
}

function tellsNothingOfEight(text: string): void {
  expect(text).not.toContain('company-8');
  for (const id of Object.values(eight)) expect(text).not.toContain(id);
}

test.each(Object.keys(withIds))('%s answers a foreign id like an unknown one, and own ids otherwise', async (name) => {
  const before = JSON.stringify(
    await call(t.operations, inEight, ['devops.agents.inbox', { agent: 'any', status: 'any' }]),
  );
  const foreign = await outcomeOf(inSeven, name, eight);
  tellsNothingOfEight(foreign);
  expect(foreign).toBe(await outcomeOf(inSeven, name, unknown));
  dryRun();
  const own = await outcomeOf(inSeven, name, seven);
  expect(own).not.toBe(foreign);
  tellsNothingOfEight(own);
  expect(
    JSON.stringify(await call(t.operations, inEight, ['devops.agents.inbox', { agent: 'any', status: 'any' }])),
  ).toBe(before);
  expect(await t.store.getError(8, eight.error)).toMatchObject({ resolved: false });
});

test.each(Object.keys(withoutIds))('%s lists only what is of the own company', async (name) => {
  tellsNothingOfEight(JSON.stringify(await call(t.operations, inSeven, [name, withoutIds[name]])));
});

test('a cursor of one company starts a page of the other at most', async () => {
  const { next_cursor } = await call(t.operations, inEight, ['devops.errors.search', { limit: 1 }]);
  const page = await call(t.operations, inSeven, ['devops.errors.search', { cursor: next_cursor }]);
  tellsNothingOfEight(JSON.stringify(page).replaceAll(String(next_cursor), ''));
});

const paramOf: Readonly<Record<string, (ids: Ids) => Record<string, string>>> = {
  error: ({ error }) => ({ error_id: error }),
  'error-group': ({ group }) => ({ fingerprint: group }),
  fix: ({ fix }) => ({ fix_id: fix }),
};

test.each(Object.keys(paramOf))('the resource %s of another company is not there', async (name) => {
  const resource = resources.find((one) => one.name === name);
  const read = (ids: Ids) => resource?.read(contextOf(t.operations, inSeven), paramOf[name]?.(ids) ?? {});
  await expect(read(eight)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(read(unknown)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  tellsNothingOfEight((await read(seven)) ?? '');
});

test.each(resources.filter(({ isTemplate }) => !isTemplate).map(({ name }) => name))(
  'the resource %s tells nothing of another company',
  async (name) => {
    tellsNothingOfEight(
      (await resources.find((one) => one.name === name)?.read(contextOf(t.operations, inSeven), {})) ?? '',
    );
  },
);

const toolScopes = tools.flatMap((tool) => everyScope.map((scope) => [tool.name, scope] as const));

test.each(toolScopes)('%s with the scope %s alone', async (name, scope) => {
  const fresh = eventOf(700, { companyId: 7, id: idOf(701), fingerprint: fingerprintOf(701) });
  await t.store.insert([fresh]);
  const error = await t.store.getError(7, fresh.id);
  if (error === undefined) throw new Error('it was not stored');
  const { id: fix } = await t.healing.put(attemptOn(error, { state: 'ended', outcome: 'succeeded', steps: [] }));
  const ids = { ...seven, error: fresh.id, fix };
  dryRun();
  const asked = call(t.operations, { company: 7, scopes: [scope] }, [name, withIds[name]?.(ids) ?? withoutIds[name]]);
  if (scope === toolOf(name).scope) await asked;
  // The server does not even show a tool to a token without its scope; without the server the operations refuse.
  else if (name === 'devops.fixes.rollback' && scope === 'read')
    expect(await asked).toMatchObject({ status: 'not_reversible' });
  else await expect(asked).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await call(t.operations, { company: 7 }, ['devops.errors.resolve', { error_ids: [fresh.id], resolved: false }]);
});
