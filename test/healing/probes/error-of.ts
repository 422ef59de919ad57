import type { HealingError } from '../../../src/store/attempt-store.ts';

export function errorOf(fields: Partial<HealingError>): HealingError {
  return {
    id: '019b0000-0000-7000-8000-000000000001',
    companyId: 1,
    timestampMs: 0,
    receivedAtMs: 0,
    service: '',
    severity: 'error',
    errorType: 'Error',
    exceptionType: 'Error',
    message: '',
    details: {},
    handled: false,
    environment: 'test',
    release: '',
    host: '',
    containerId: '',
    traceId: '',
    source: 'log',
    fingerprint: '0123456789abcdef',
    ...fields,
  };
}
