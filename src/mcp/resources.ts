// What clients can attach without a call: the same answers as the tools give, as JSON, and the guide.
import { Failure } from '../failure.ts';
import type { Scope } from '../access/principal.ts';
import { severities } from '../errors/error-event.ts';
import { getFix } from '../operations/get-fix.ts';
import { getGroup } from '../operations/get-group.ts';
import { listErrors } from '../operations/list-errors.ts';
import { listRules } from '../operations/list-rules.ts';
import { MAX_ANSWER_CHARS, cutData } from './budget.ts';
import type { Resource } from './resource.ts';
import type { ToolContext } from './tool.ts';
import { errorsGet } from './tools/errors-get.ts';
import { errorsGroups } from './tools/errors-groups.ts';
import { rulesList } from './tools/rules-list.ts';
import { triageGuide } from './triage-guide.ts';
import { untrustedNotice } from './untrusted.ts';

/** Counts move all the time; one error hardly; rules only when their files do. */
const TTL_MS = { moving: 10_000, settled: 60_000 };

const TOP_GROUPS = 5;

/** Room for the notice beside the data. */
const DATA_CHARS = MAX_ANSWER_CHARS - 500;

const json = { mimeType: 'application/json', scope: 'read' as Scope } as const;

export const resources: readonly Resource[] = [
  {
    ...json,
    name: 'errors-summary',
    uri: 'errors://summary',
    isTemplate: false,
    title: 'Open errors',
    description: 'Open errors of the last 24 hours by severity, and the groups seen last.',
    ttlMs: TTL_MS.moving,
    read: async (context) => {
      const open = { resolved: false, since: '24h' };
      const counts = await Promise.all(
        severities.map(async (severity) => {
          const { total } = await context.perform(listErrors, { ...open, severity, limit: 1 });
          return [severity, total] as const;
        }),
      );
      const groups = await answerOf(errorsGroups, context, { ...open, limit: TOP_GROUPS });
      return JSON.stringify({ open: Object.fromEntries(counts), ...groups });
    },
  },
  {
    ...json,
    name: 'error',
    uri: 'errors://{error_id}',
    isTemplate: true,
    title: 'One error',
    description: 'One error in full, as devops.errors.get tells it.',
    ttlMs: TTL_MS.moving,
    read: async (context, { error_id = '' }) =>
      JSON.stringify(await answerOf(errorsGet, context, { error_id, detail: 'full' })),
  },
  {
    ...json,
    name: 'error-group',
    uri: 'errors://groups/{fingerprint}',
    isTemplate: true,
    title: 'One group of errors',
    description: 'One group with its counts by the hour, its releases, and what its fingerprint was made from.',
    ttlMs: TTL_MS.moving,
    read: async (context, { fingerprint = '' }) =>
      data(
        await context.perform(getGroup, { fingerprint }),
        'service',
        'exception_type',
        'message',
        'resolution_notes',
        'releases',
        'environments',
        'why',
      ),
  },
  {
    ...json,
    name: 'fix',
    uri: 'fixes://{fix_id}',
    isTemplate: true,
    title: 'One fix',
    description: 'One fix: diagnosis, each step with evidence and timing, verification, and its moves in order.',
    ttlMs: TTL_MS.moving,
    read: async (context, { fix_id = '' }) =>
      data(
        await context.perform(getFix, { id: fix_id }),
        'target',
        'note',
        'cause',
        'facts',
        'steps',
        'verification',
        'questions',
      ),
  },
  {
    ...json,
    name: 'rules-catalog',
    uri: 'rules://catalog',
    isTemplate: false,
    title: 'Rules',
    description: 'The rules that can fix errors, with their record.',
    ttlMs: TTL_MS.settled,
    read: async (context) => JSON.stringify(await answerOf(rulesList, context, { limit: 200 })),
  },
  {
    ...json,
    name: 'rule',
    uri: 'rules://{rule_id}',
    isTemplate: true,
    title: 'One rule',
    description: 'One rule: mode, limits and what it has brought.',
    ttlMs: TTL_MS.settled,
    read: async (context, { rule_id = '' }) => {
      const { rules } = await context.perform(listRules, {});
      const rule = rules.find(({ id }) => id === rule_id);
      if (rule === undefined) throw new Failure('NOT_FOUND', 'there is no such rule');
      return JSON.stringify(cutData(rule, MAX_ANSWER_CHARS));
    },
  },
  {
    name: 'triage-guide',
    uri: 'docs://triage-guide',
    isTemplate: false,
    title: 'How to work on errors',
    description: 'What severities and answers mean, and in which order to work.',
    mimeType: 'text/markdown',
    scope: 'read',
    ttlMs: TTL_MS.settled,
    read: async () => triageGuide,
  },
];

type Asked = Readonly<Record<string, unknown>>;

async function answerOf(
  tool: Pick<typeof errorsGet, 'input' | 'run'>,
  context: ToolContext,
  asked: Asked,
): Promise<Record<string, unknown>> {
  // Steps are for those who call.
  const { next_steps: _, ...output } = (await tool.run(context, tool.input.parse(asked))).output;
  return output;
}

function data(value: Asked, ...fields: readonly string[]): string {
  return JSON.stringify({ ...cutData(value, DATA_CHARS), untrusted: untrustedNotice(...fields) });
}
