// Questions about attempts, and the errors that healing reads and counts.
import type { Aliases } from './aliases.ts';
import type { AttemptStore, HealingError } from './attempt-store.ts';
import {
  countForVerification,
  selectAttempt,
  selectAttemptEvents,
  selectAttempts,
  selectForHealing,
} from './queries-attempts.ts';
import type { ErrorRow } from './rows.ts';
import type { Runner } from './run.ts';

type AttemptReads = Omit<AttemptStore, 'appendAttempt' | 'getSetting' | 'setSetting' | 'storedUntilMs'>;

type HealingRow = Omit<ErrorRow, 'span_id' | 'richness' | 'resolved' | 'stack_trace' | 'details'> & {
  readonly details: string;
};

export function createAttemptReads(run: Runner, aliases: Aliases): AttemptReads {
  return {
    listAttempts: async ({ fingerprint, ...filter }) => {
      const fingerprints =
        fingerprint === undefined || filter.companyId === undefined
          ? fingerprint
          : aliases.membersOf(filter.companyId, fingerprint);
      const query = fingerprints === undefined ? filter : { ...filter, fingerprints: [fingerprints].flat() };
      return (await run.rows<{ attempt: string }>(selectAttempts(query))).map((row) => row.attempt);
    },
    getAttempt: async (companyId, attemptId) =>
      (await run.rows<{ attempt: string }>(selectAttempt(companyId, attemptId)))[0]?.attempt,
    listAttemptEvents: async (companyId, attemptId) =>
      (
        await run.rows<{ at_ms: number | string; state: string; attempt: string }>(
          selectAttemptEvents(companyId, attemptId),
        )
      ).map((row) => ({ atMs: Number(row.at_ms), state: row.state, attempt: row.attempt })),
    listForHealing: async (position, limit, only) =>
      (await run.rows<HealingRow>(selectForHealing(position, limit, only))).map((row) => toHealingError(row, aliases)),
    countForVerification: async (query) => {
      const fingerprints = query.fingerprints.flatMap((fingerprint) => aliases.membersOf(query.companyId, fingerprint));
      const [row] = await run.rows<{ of_groups: number | string; of_service: number | string }>(
        countForVerification({ ...query, fingerprints }),
      );
      return { ofGroups: Number(row?.of_groups ?? 0), ofService: Number(row?.of_service ?? 0) };
    },
  };
}

function toHealingError(row: HealingRow, aliases: Aliases): HealingError {
  return {
    id: row.id_text,
    companyId: row.company_id,
    timestampMs: Number(row.timestamp_ms),
    receivedAtMs: Number(row.received_at_ms),
    service: row.service,
    severity: row.severity_text,
    errorType: row.error_type,
    exceptionType: row.exception_type,
    message: row.message,
    details: JSON.parse(row.details) as Readonly<Record<string, unknown>>,
    handled: row.handled,
    environment: row.environment,
    release: row.release,
    host: row.host,
    containerId: row.container_id,
    traceId: row.trace_id,
    source: row.source,
    fingerprint: aliases.targetOf(row.company_id, row.fingerprint_text),
  };
}
