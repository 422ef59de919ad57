// Notices for tests: what a test does not say is harmless.
import type { Notice, Notification } from '../../src/agents/notice.ts';

export const AT_MS = Date.UTC(2026, 10, 24, 12, 0, 0);

export function noticeOf(change: Partial<Notice> = {}): Notice {
  return {
    companyId: 1,
    kind: 'fix_failed',
    key: 'fix_failed/f1/POOL_EXHAUSTED',
    severity: 'error',
    title: 'A fix did not help',
    service: 'checkout',
    message: 'connect ECONNREFUSED 10.0.0.1:6379',
    fields: [
      ['fix_id', 'a1'],
      ['question', 'Who holds the connections?'],
      ['question', 'Since when?'],
    ],
    path: '/admin#error=e1',
    atMs: AT_MS,
    agent: '',
    ...change,
  };
}

export function notificationOf(change: Partial<Notice> = {}): Notification {
  return {
    id: '5c1f1c9e-2f3c-4a55-9d61-0a4d8f3f0b11',
    seq: 1,
    channel: 'people',
    state: 'pending',
    notice: noticeOf(change),
    tries: 0,
    nextTryAtMs: AT_MS,
    note: '',
    createdAtMs: AT_MS,
    updatedAtMs: AT_MS,
  };
}
