// Makes errors as errors/ does, without its cleaning and grouping: the doors are tested here, not the domain.
import { createHash } from 'node:crypto';
import type { ErrorEvent } from '../../src/errors/error-event.ts';
import type { MakeError } from '../../src/operations/operation.ts';

export const plainError: MakeError = (report, { companyId, nowMs, newId }): ErrorEvent => {
  const strict = createHash('md5').update(`${report.service}|${report.exceptionType}|${report.message}`).digest('hex');
  return {
    id: report.id ?? newId(),
    companyId,
    timestampMs: report.timestampMs ?? nowMs,
    service: report.service,
    severity: report.severity,
    errorType: report.errorType ?? 'other',
    message: report.message,
    details: report.details,
    stackTrace: report.stackTrace ?? '',
    exceptionType: report.exceptionType ?? '',
    handled: report.handled ?? true,
    environment: report.environment ?? '',
    release: report.release ?? '',
    host: report.host ?? '',
    containerId: report.containerId ?? '',
    traceId: report.traceId ?? '',
    spanId: report.spanId ?? '',
    source: 'api',
    fingerprint: strict,
    grouping: {
      version: 'fp1',
      kind: 'message',
      service: report.service,
      rootType: report.exceptionType ?? '',
      outerType: report.exceptionType ?? '',
      frames: [],
      template: report.message,
      strict,
      loose: strict,
    },
    richness: 1,
  };
};
