// Builds candidates as the receiver hands them on, so that tests say only what matters to them.
import type { Principal } from '../../src/access/principal.ts';
import type {
  Attributes,
  AttributeValue,
  Candidate,
  Delivery,
  ExceptionEvent,
  LogCandidate,
  SpanCandidate,
} from '../../src/ingest/candidate.ts';

/** 2026-08-21 10:00:30 UTC: the middle of a minute. */
export const NOW_MS = 1_787_306_430_000;
export const NOW_NS = 1_787_306_430_000_000_000n;

const tenant: Principal = { tokenId: 't', name: 'shop', company: 7, scopes: new Set(['ingest']) };
export const forwarder: Principal = { tokenId: 'f', name: 'collector', company: '*', scopes: new Set(['ingest']) };

export function attributes(members: Record<string, AttributeValue>): Attributes {
  return new Map(Object.entries(members));
}

export const shopResource = attributes({
  'service.name': 'shop',
  'service.version': '1.4.2',
  'deployment.environment.name': 'production',
  'host.name': 'node-3',
  'container.id': 'c0ffee',
  'telemetry.sdk.language': 'nodejs',
});

export function span(members: Partial<SpanCandidate> = {}): SpanCandidate {
  return {
    kind: 'span',
    resource: shopResource,
    scopeName: '@opentelemetry/instrumentation-http',
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '',
    name: 'GET /orders/:id',
    spanKind: 2,
    startTimeUnixNano: NOW_NS - 1_000_000_000n,
    endTimeUnixNano: NOW_NS,
    statusCode: 2,
    statusMessage: '',
    attributes: new Map(),
    exceptions: [],
    ...members,
  };
}

export function exceptionEvent(members: Record<string, AttributeValue>, timeUnixNano = NOW_NS): ExceptionEvent {
  return { timeUnixNano, name: 'exception', attributes: attributes(members) };
}

export function log(members: Partial<LogCandidate> = {}): LogCandidate {
  return {
    kind: 'log',
    resource: shopResource,
    scopeName: 'shop.orders',
    timeUnixNano: NOW_NS,
    observedTimeUnixNano: NOW_NS,
    severityNumber: 17,
    severityText: 'ERROR',
    body: '',
    eventName: '',
    attributes: new Map(),
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    ...members,
  };
}

export function delivery(candidates: readonly Candidate[], principal: Principal = tenant): Delivery {
  return { signal: candidates[0]?.kind === 'log' ? 'logs' : 'traces', candidates, principal };
}
