// One row for every call of an agent of the roster, and for every change that anybody asked for. Hooks, because a call
// may end before its handler: with a body that can't be read, without the scope.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MAX_COMPANY, companyFor } from '../access/principal.ts';
import type { Activity } from '../agents/activity.ts';
import { getCaller } from '../operations/get-caller.ts';
import { idOf } from '../operations/id-of.ts';
import type { OperationDeps } from '../operations/operation.ts';
import type { Callers } from './callers.ts';
import { failureOf } from './problem.ts';
import type { AnswerRoute, Route } from './routes.ts';

interface RecordParts {
  readonly operations: Pick<OperationDeps, 'agents' | 'activity' | 'now'>;
  readonly callers: Callers;
}

interface RouteHooks {
  readonly onRequest: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  readonly onError: (request: FastifyRequest, reply: FastifyReply, error: Error) => Promise<void>;
  readonly preSerialization: (request: FastifyRequest, reply: FastifyReply, output: unknown) => Promise<unknown>;
  readonly onSend: (request: FastifyRequest, reply: FastifyReply, payload: unknown) => Promise<unknown>;
}

/** What became of a call so far. It is written when it was answered and its connection is done with it: in any order. */
interface Seen {
  outcome: string;
  output: unknown;
  chars: number;
  isAnswered: boolean;
  isClosed: boolean;
}

type Concerned = Pick<Activity, 'errorId' | 'attemptId' | 'delegationId'>;

type Json = Readonly<Record<string, unknown>>;

/** W3C Trace Context, 3.2.2: version, trace id, parent id, flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/;

export function recordActivity(route: Route, { operations, callers }: RecordParts): RouteHooks {
  const { agents, activity, now } = operations;
  const calls = new WeakMap<FastifyRequest, Seen>();

  function write(request: FastifyRequest, reply: FastifyReply): void {
    const principal = callers.find(request);
    const seen = calls.get(request);
    // A token that runs wild stands in the metrics; it must not fill this log.
    if (principal === undefined || seen === undefined || seen.outcome === 'RATE_LIMITED') return;
    const isAgent = agents.roster().some(({ name }) => name === principal.name);
    if (!isAgent && !isChange(route)) return;
    // Who it is, each client asks at its start: that says nothing of what it does.
    if (route.operation.name === getCaller.name) return;
    const asked = asRecord(route.method === 'GET' ? request.query : request.body);
    activity.record({
      companyId: companyFor(principal, companyOf(asked)),
      atMs: now(),
      actor: principal.name,
      agent: isAgent ? principal.name : '',
      via: 'rest',
      call: route.operation.name,
      ...concernedOf(route.path, { id: asRecord(request.params)['id'], asked, output: asRecord(seen.output) }),
      outcome: seen.outcome,
      tookMs: Math.round(reply.elapsedTime),
      chars: seen.chars,
      truncated: false,
      traceId: traceIdOf(request.headers['traceparent']),
    });
  }

  return {
    async onRequest(request, reply) {
      const seen: Seen = { outcome: 'OK', output: undefined, chars: 0, isAnswered: false, isClosed: false };
      calls.set(request, seen);
      // Also when the caller did not wait for the answer: what it asked for is done all the same.
      reply.raw.once('close', () => {
        seen.isClosed = true;
        if (seen.isAnswered) write(request, reply);
      });
    },
    async onError(request, _reply, error) {
      const seen = calls.get(request);
      if (seen !== undefined) seen.outcome = failureOf(error).code;
    },
    async preSerialization(request, _reply, output) {
      const seen = calls.get(request);
      if (seen !== undefined) seen.output = output;
      return output;
    },
    async onSend(request, reply, payload) {
      const seen = calls.get(request);
      if (seen === undefined) return payload;
      if (typeof payload === 'string') seen.chars = payload.length;
      seen.isAnswered = true;
      if (seen.isClosed) write(request, reply);
      return payload;
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
    errorId: idOf(inPath('errors') ?? asked['error_id'] ?? output['error_id'] ?? about['error_id']),
    attemptId: idOf(inPath('fixes') ?? asRecord(output['attempt'])['id']),
    delegationId: idOf(inPath('delegations') ?? onlyDelegation(output)),
  };
}

/** Of delegate-error, when it asked one agent. */
function onlyDelegation({ created, delegations }: Json): unknown {
  return created !== undefined && Array.isArray(delegations) && delegations.length === 1
    ? asRecord(delegations[0])['id']
    : undefined;
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
