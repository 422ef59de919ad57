// An error that was reported by REST (`POST /api/errors/log`) instead of OpenTelemetry, validated at the door, as an occurrence.
import type { Details, ErrorType, Severity } from './error-event.ts';
import type { Occurrence } from './occurrence.ts';
import { toName } from './resource-facts.ts';

export interface ReportedError {
  readonly service: string;
  readonly severity: Severity;
  readonly message: string;
  /** Classified when it is not given. */
  readonly errorType?: ErrorType | undefined;
  readonly details?: Details | undefined;
  readonly stackTrace?: string | undefined;
  readonly exceptionType?: string | undefined;
  readonly handled?: boolean | undefined;
  readonly environment?: string | undefined;
  readonly release?: string | undefined;
  readonly host?: string | undefined;
  readonly containerId?: string | undefined;
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  /** Unix ms; when it is reported, without. */
  readonly timestampMs?: number | undefined;
}

const NS_PER_MS = 1_000_000n;

export function occurrenceOfReport(report: ReportedError, companyId: number): Occurrence {
  const host = toName(report.host ?? '');
  return {
    source: 'api',
    facts: {
      companyId,
      service: toName(report.service),
      namespace: '',
      environment: toName(report.environment ?? ''),
      release: toName(report.release ?? ''),
      host,
      containerId: toName(report.containerId ?? ''),
      instance: host,
      language: '',
      details: new Map(),
    },
    timeUnixNano: BigInt(Math.max(0, Math.trunc(report.timestampMs ?? 0))) * NS_PER_MS,
    traceId: report.traceId ?? '',
    spanId: report.spanId ?? '',
    scopeName: '',
    location: '',
    exceptionType: report.exceptionType ?? '',
    message: report.message,
    stackTrace: report.stackTrace ?? '',
    severity: report.severity,
    // Whoever reports an error has caught it.
    handled: report.handled ?? true,
    errorType: report.errorType,
    customFingerprint: [],
    attributes: [],
    details: Object.entries(report.details ?? {}),
  };
}
