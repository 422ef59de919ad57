import type { HealingError } from '../../../src/store/attempt-store.ts';

export function errorWith(changes: Partial<HealingError>): HealingError {
  return {
    id: 'e1',
    companyId: 1,
    timestampMs: 1_000,
    receivedAtMs: 1_000,
    service: 'shop',
    severity: 'error',
    errorType: 'timeout',
    exceptionType: '',
    message: 'no answer',
    details: {},
    handled: false,
    environment: 'production',
    release: '',
    host: '',
    containerId: '',
    traceId: '',
    source: 'log',
    fingerprint: 'f1',
    ...changes,
  };
}
