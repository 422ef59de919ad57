// One row for every call of an agent of the roster, and for every change that anybody asked for. Hooks, because a call
// may end before its handler: with a body that can't be read, without the scope.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MAX_COMPANY, companyFor } from '../access/principal.ts';
import type { Activity } from '../agents/activity.ts';
import { isUuid } from '../operations/cursor.ts';
import type { OperationDeps } from '../operations/operation.ts';
import type { Callers } from './callers.ts';
import { failureOf } from './problem.ts';
import type { AnswerRoute, Route } from './routes.ts';

interface RecordParts {
  readonly operations: Pick<OperationDeps, 'agents' | 'activity' | 'now'>;
  readonly callers: Callers;
}

interface RouteHooks {
  readonly onError: (request: FastifyRequest, reply: FastifyReply, error: Error) => Promise<void>;
  readonly preSerialization: (request: FastifyRequest, reply: FastifyReply, output: unknown) => Promise<unknown>;
  readonly onSend: (request: FastifyRequest, reply: FastifyReply, payload: unknown) => Promise<unknown>;
  readonly onResponse: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

type Concerned = Pick<Activity, 'errorId' | 'attemptId' | 'delegationId'>;

type Json = Readonly<Record<string, unknown>>;

/** W3C Trace Context, 3.2.2: version, trace id, parent id, flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

export function recordActivity(route: Route, { operations, callers }: RecordParts): RouteHooks {
  const { agents, activity, now } = operations;
  const seen = new WeakMap<FastifyRequest, { outcome?: string; output?: unknown; chars?: number }>();
  const note = (request: FastifyRequest, more: { outcome?: string; output?: unknown; chars?: number }) =>
    void seen.set(request, { ...seen.get(request), ...more });
  return {
    async onError(request, _reply, error) {
      note(request, { outcome: failureOf(error).code });
    },
    async preSerialization(request, _reply, output) {
      note(request, { output });
      return output;
    },
    async onSend(request, _reply, payload) {
      if (typeof payload === 'string') note(request, { chars: payload.length });
      return payload;
    },
    async onResponse(request, reply) {
      const principal = callers.find(request);
      const { outcome = 'OK', output, chars = 0 } = seen.get(request) ?? {};
      // A token that runs wild stands in the metrics; it must not fill this log.
      if (principal === undefined || outcome === 'RATE_LIMITED') return;
      const isAgent = agents.roster().some(({ name }) => name === principal.name);
      if (!isAgent && !isChange(route)) return;
      const asked = asRecord(route.method === 'GET' ? request.query : request.body);
      activity.record({
        companyId: companyFor(principal, companyOf(asked)),
        atMs: now(),
        actor: principal.name,
        agent: isAgent ? principal.name : '',
        via: 'rest',
        call: route.operation.name,
        ...concernedOf(route.path, { id: asRecord(request.params)['id'], asked, output: asRecord(output) }),
        outcome,
        tookMs: Math.round(reply.elapsedTime),
        chars,
        truncated: false,
        traceId: traceIdOf(request.headers['traceparent']),
      });
    },
  };
}

/** Errors that come in are no changes that somebody would look for here: they are errors. */
function isChange(route: Route): boolean {
  return route.method === 'POST' && !(isAnswerRoute(route) && route.ingests === true);
}

function isAnswerRoute(route: Route): route is AnswerRoute {
  return route.operation.kind === 'answer';
}

/** By the path, then what was asked about, then what the answer is about. */
function concernedOf(path: string, call: { id: unknown; asked: Json; output: Json }): Concerned {
  const { id, asked, output } = call;
  const inPath = (folder: string) => (path.startsWith(`/api/${folder}/:id`) ? id : undefined);
  const about = asRecord(output['case']);
  return {
    errorId: toId(inPath('errors') ?? asked['error_id'] ?? output['error_id'] ?? about['error_id']),
    attemptId: toId(inPath('fixes') ?? asRecord(output['attempt'])['id']),
    delegationId: toId(inPath('delegations') ?? onlyDelegation(output)),
  };
}

/** Of delegate-error, when it asked one agent. */
function onlyDelegation({ created, delegations }: Json): unknown {
  return created !== undefined && Array.isArray(delegations) && delegations.length === 1
    ? asRecord(delegations[0])['id']
    : undefined;
}

/** What is no id is not kept: it may be anything. */
function toId(value: unknown): string {
  const id = typeof value === 'string' ? value.toLowerCase() : '';
  return isUuid(id) ? id : '';
}

function companyOf({ company_id: asked }: Json): number | undefined {
  const company = typeof asked === 'string' && /^\d{1,10}$/.test(asked) ? Number(asked) : asked;
  return typeof company === 'number' && Number.isInteger(company) && company >= 1 && company <= MAX_COMPANY
    ? company
    : undefined;
}

function traceIdOf(header: unknown): string {
  return typeof header === 'string' ? (TRACEPARENT.exec(header)?.[1] ?? '') : '';
}

function asRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
