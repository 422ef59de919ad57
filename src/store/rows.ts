// Between ErrorEvents and rows. One row is one array in the order of ERROR_COLUMNS (JSONCompactEachRow).
import { severities, sources } from '../errors/error-event.ts';
import type { Details, ErrorEvent, ErrorType, Grouping, Severity, Source } from '../errors/error-event.ts';
import type { StoredError } from './error-store.ts';

/** As ClickHouse reads a DateTime64(3) from text: Unix seconds in ten digits, then milliseconds. */
export function toDateTime64(ms: number): string {
  return (ms / 1000).toFixed(3).padStart(14, '0');
}

export function toErrorRow(event: ErrorEvent, receivedAtMs: number): readonly unknown[] {
  return [
    event.companyId,
    toDateTime64(event.timestampMs),
    event.id,
    toDateTime64(receivedAtMs),
    event.fingerprint,
    event.service,
    event.severity,
    event.errorType,
    event.exceptionType,
    event.message,
    event.stackTrace,
    JSON.stringify(event.details),
    event.handled,
    event.environment,
    event.release,
    event.host,
    event.containerId,
    event.traceId,
    event.spanId,
    event.source,
    event.richness,
  ];
}

/** As LIST_COLUMNS of queries.ts names them; `stack_trace` and `details` only where one error was asked for. */
export interface ErrorRow {
  readonly company_id: number;
  readonly id_text: string;
  readonly timestamp_ms: number | string;
  readonly received_at_ms: number | string;
  readonly fingerprint_text: string;
  readonly service: string;
  readonly severity_text: string;
  readonly error_type: string;
  readonly exception_type: string;
  readonly message: string;
  readonly stack_trace?: string;
  readonly details?: string;
  readonly handled: boolean;
  readonly environment: string;
  readonly release: string;
  readonly host: string;
  readonly container_id: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly source: string;
  readonly richness: number;
  readonly resolved: number | boolean;
}

export function toStoredError(row: ErrorRow, grouping: Grouping, notes?: string): StoredError {
  const resolved = Boolean(row.resolved);
  return {
    id: row.id_text,
    companyId: row.company_id,
    timestampMs: Number(row.timestamp_ms),
    receivedAtMs: Number(row.received_at_ms),
    service: row.service,
    severity: toSeverity(row.severity_text),
    // Only what errors/ classified was stored.
    errorType: row.error_type as ErrorType,
    message: row.message,
    details: row.details === undefined ? {} : (JSON.parse(row.details) as Details),
    stackTrace: row.stack_trace ?? '',
    exceptionType: row.exception_type,
    handled: row.handled,
    environment: row.environment,
    release: row.release,
    host: row.host,
    containerId: row.container_id,
    traceId: row.trace_id,
    spanId: row.span_id,
    source: toSource(row.source),
    fingerprint: row.fingerprint_text,
    grouping,
    richness: row.richness,
    resolved,
    resolutionNotes: resolved ? (notes ?? '') : undefined,
    // From attempts, not from the row (fix-marks.ts).
    autoFixAttempted: false,
    autoFixSuccessful: false,
  };
}

export function toSeverity(text: string): Severity {
  return severities.find((severity) => severity === text) ?? 'error';
}

function toSource(text: string): Source {
  return sources.find((source) => source === text) ?? 'api';
}

/** What is shown when a group's inputs were lost (an older store, a restored backup). */
export function unknownGrouping(fingerprint: string, service: string): Grouping {
  return {
    version: 'fp1',
    kind: 'unknown',
    service,
    rootType: '',
    outerType: '',
    frames: [],
    template: '',
    strict: fingerprint,
    loose: fingerprint,
  };
}
