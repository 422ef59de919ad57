// Each call of an agent leaves a span, which continues the agent's own trace, and a row of activity.
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, defaultTextMapGetter, isSpanContextValid } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { companyFor } from '../access/principal.ts';
import type { Principal } from '../access/principal.ts';
import type { Activity } from '../agents/activity.ts';
import { idOf } from '../operations/id-of.ts';

export interface Watched {
  /** `OK`, the code of the failure, or CANCELLED by the caller. */
  readonly outcome: string;
  readonly chars: number;
  readonly truncated: boolean;
  /** The answer, for the ids in it. */
  readonly output?: Readonly<Record<string, unknown>>;
}

interface WatchParts {
  readonly principal: Principal;
  readonly tracer: Tracer;
  /** undefined: whoever the calls go through writes it (REST, behind stdio). */
  readonly record: ((activity: Activity) => void) | undefined;
  readonly isAgent: (name: string) => boolean;
  readonly now: () => number;
}

interface Call {
  readonly method: 'tools/call' | 'resources/read';
  /** Tool or resource. */
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly meta: Readonly<Record<string, unknown>> | undefined;
}

/** Never throws by itself; what `run` throws goes on. */
export type Watch = <Result extends Watched>(call: Call, run: () => Promise<Result>) => Promise<Result>;

const propagator = new W3CTraceContextPropagator();

export function createWatch({ principal, tracer, record, isAgent, now }: WatchParts): Watch {
  const companyId = companyFor(principal, undefined);
  return async (call, run) => {
    const parent = propagator.extract(ROOT_CONTEXT, call.meta ?? {}, defaultTextMapGetter);
    const span = tracer.startSpan(
      `${call.method} ${call.name}`,
      {
        kind: SpanKind.SERVER,
        // OpenTelemetry's names for MCP and for what generative AI does.
        attributes: { 'mcp.method.name': call.method, 'gen_ai.tool.name': call.name, 'errata.company_id': companyId },
      },
      parent,
    );
    const startedAtMs = now();
    const end = ({ outcome, chars, truncated, output }: Watched) => {
      span.setAttributes({ 'errata.outcome': outcome, 'errata.chars': chars, 'errata.truncated': truncated });
      if (outcome !== 'OK') span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', outcome);
      span.end();
      const context = span.spanContext();
      record?.({
        companyId,
        atMs: startedAtMs,
        actor: principal.name,
        agent: isAgent(principal.name) ? principal.name : '',
        via: 'mcp',
        call: call.name,
        ...idsOf({ ...output, ...call.input }),
        outcome,
        tookMs: now() - startedAtMs,
        chars,
        truncated,
        traceId: isSpanContextValid(context) ? context.traceId : '',
      });
    };
    try {
      const result = await run();
      end(result);
      return result;
    } catch (cause) {
      end({ outcome: 'INTERNAL', chars: 0, truncated: false });
      throw cause;
    }
  };
}

/** W3C Trace Context, 3.2: anything else is no header. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Of a request's `_meta`, for the calls that it leads to. */
export function traceparentIn(meta: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const given = meta?.['traceparent'];
  return typeof given === 'string' && TRACEPARENT.test(given) ? given : undefined;
}

/** Of several errors the first: a row is about one. */
function idsOf(values: Readonly<Record<string, unknown>>): Pick<Activity, 'errorId' | 'attemptId' | 'delegationId'> {
  const first = Array.isArray(values['error_ids']) ? (values['error_ids'] as readonly unknown[])[0] : undefined;
  return {
    errorId: idOf(values['error_id'] ?? first),
    attemptId: idOf(values['fix_id']),
    delegationId: idOf(values['delegation_id']),
  };
}
