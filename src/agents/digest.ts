// What was held, in one message: how many of each kind, and the first titles.
import { kindTitles, toLine } from './channels/notice-text.ts';
import type { Notice, NoticeKind, Notification } from './notice.ts';

/** Soon enough for a critical error that waited, and seldom enough to be read. */
export const DIGEST_AFTER_MS = 900_000;

/** A digest is told earlier when so many wait: what is in memory has a bound. */
export const MAX_HELD = 1_000;

const MAX_TITLES = 20;
const MAX_TITLE_CHARS = 90;

const SEVERITIES = ['critical', 'error', 'warning', 'info'] as const;

/** All of one channel and one company, oldest first; at least one. */
export function digestOf(held: readonly Notification[], nowMs: number): Notice {
  const counts = new Map<NoticeKind, number>();
  for (const { notice, repeats = 0 } of held) counts.set(notice.kind, (counts.get(notice.kind) ?? 0) + 1 + repeats);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const titles = held.slice(0, MAX_TITLES).map(titleOf);
  const more = held.length > MAX_TITLES ? [`… and ${held.length - MAX_TITLES} more`] : [];
  return {
    companyId: held[0]?.notice.companyId ?? 0,
    kind: 'digest',
    // Each is news: with one key, receivers would join it to an earlier one.
    key: `digest/${held[0]?.id ?? ''}`,
    severity: SEVERITIES.find((severity) => held.some(({ notice }) => notice.severity === severity)) ?? 'info',
    title: total === 1 ? '1 more notice' : `${total} more notices`,
    service: '',
    message: [...titles, ...more].join('\n'),
    fields: [...counts].map(([kind, count]) => [kindTitles[kind], String(count)]),
    path: '',
    atMs: nowMs,
    agent: held[0]?.notice.agent ?? '',
  };
}

function titleOf({ notice, repeats = 0 }: Notification): string {
  const title = toLine(notice.title, MAX_TITLE_CHARS);
  return repeats === 0 ? title : `${title} (${repeats + 1} times)`;
}
