// An error as it is shown outside: SEED.md's thirteen fields under their own names, and those that OpenTelemetry adds.
import * as z from 'zod';
import { errorTypes, severities, sources } from '../errors/error-event.ts';
import type { StoredError } from '../store/error-store.ts';

export const timeView = z.iso.datetime().describe('UTC, ISO-8601.');

export const errorItem = z.object({
  id: z.uuid(),
  timestamp: timeView,
  service: z.string(),
  severity: z.enum(severities),
  error_type: z.enum(errorTypes),
  exception_type: z.string(),
  message: z.string(),
  company_id: z.int(),
  environment: z.string(),
  fingerprint: z.string().describe('The group it belongs to.'),
  trace_id: z.string(),
  resolved: z.boolean(),
  auto_fix_attempted: z.boolean().describe('A fix acted on its group since it happened.'),
  auto_fix_successful: z.boolean().describe('Such a fix was proven to work, and did not relapse.'),
});

export const errorView = errorItem.extend({
  details: z.record(z.string(), z.unknown()),
  stack_trace: z.string(),
  resolution_notes: z.string().nullable().describe('null while unresolved.'),
  handled: z.boolean().describe('true: caught and reported; false: it ended the operation or the process.'),
  release: z.string(),
  host: z.string(),
  container_id: z.string(),
  span_id: z.string(),
  source: z.enum(sources).describe('The shape in which it arrived.'),
  received_at: timeView,
});

export function toTime(ms: number): string {
  return new Date(ms).toISOString();
}

export function toErrorItem(error: StoredError): z.output<typeof errorItem> {
  return {
    id: error.id,
    timestamp: toTime(error.timestampMs),
    service: error.service,
    severity: error.severity,
    error_type: error.errorType,
    exception_type: error.exceptionType,
    message: error.message,
    company_id: error.companyId,
    environment: error.environment,
    fingerprint: error.fingerprint,
    trace_id: error.traceId,
    resolved: error.resolved,
    auto_fix_attempted: error.autoFixAttempted,
    auto_fix_successful: error.autoFixSuccessful,
  };
}

export function toErrorView(error: StoredError): z.output<typeof errorView> {
  return {
    ...toErrorItem(error),
    details: { ...error.details },
    stack_trace: error.stackTrace,
    resolution_notes: error.resolutionNotes ?? null,
    handled: error.handled,
    release: error.release,
    host: error.host,
    container_id: error.containerId,
    span_id: error.spanId,
    source: error.source,
    received_at: toTime(error.receivedAtMs),
  };
}
