// A real store in a folder of its own: embedded ClickHouse, one a test file (one folder, one process).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErrorEvent } from '../../src/errors/error-event.ts';
import { createClickHouseStore } from '../../src/store/clickhouse-store.ts';
import type { Store } from '../../src/store/clickhouse-store.ts';

export async function openStore(
  now: () => number = Date.now,
): Promise<{ store: Store; dataDir: string; close: () => Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'errata-store-'));
  const store = createClickHouseStore(
    // Far beyond the days that tests name: the store drops by the real clock.
    { target: { kind: 'embedded', dataDir }, cluster: undefined, retentionDays: 3_650 },
    { now, logger: { warn: () => undefined } },
  );
  await store.start();
  return {
    store,
    dataDir,
    close: async () => {
      await store.stop(5_000);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A UUID whose last digits are the number. */
export function idOf(n: number): string {
  return `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`;
}

/** 32 hex characters that end in the number. */
export function fingerprintOf(n: number): string {
  return String(n).padStart(32, '0');
}

export function eventOf(n: number, change: Partial<ErrorEvent> = {}): ErrorEvent {
  const fingerprint = change.fingerprint ?? fingerprintOf(1);
  return {
    id: idOf(n),
    companyId: 1,
    timestampMs: Date.UTC(2026, 10, 24, 12, 0, 0) + n,
    service: 'checkout',
    severity: 'error',
    errorType: 'connection_failed',
    message: `connect ECONNREFUSED 10.0.0.${n}:5432`,
    details: { port: 5432 },
    stackTrace: 'Error: connect ECONNREFUSED\n    at connect (/app/src/db.js:1:1)',
    exceptionType: 'Error',
    handled: false,
    environment: 'production',
    release: '1.0.0',
    host: 'web-1',
    containerId: '',
    traceId: '',
    spanId: '',
    source: 'log',
    fingerprint,
    grouping: {
      version: 'fp1',
      kind: 'stack',
      service: 'checkout',
      rootType: 'Error',
      outerType: 'Error',
      frames: ['src/db.js|connect'],
      template: 'connect ECONNREFUSED <ip>',
      strict: fingerprint,
      loose: fingerprintOf(900),
    },
    richness: 12,
    ...change,
  };
}
