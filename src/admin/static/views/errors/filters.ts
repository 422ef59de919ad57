// What the feed is narrowed to. It stands in the address of the page; nothing is a default: open errors of the last day.
import { severities } from '../../../../errors/error-event.ts';
import type { ErrorItem } from '../../answers.ts';
import type { Query } from '../../api-client.ts';

export interface Filters {
  readonly severity: readonly ErrorItem['severity'][];
  readonly service: string;
  readonly environment: string;
  readonly type: string;
  readonly state: 'open' | 'resolved' | 'all';
  readonly since: string;
  /** Fingerprint; '' for all. */
  readonly group: string;
  readonly text: string;
}

export const periods = { '1h': 'last hour', '24h': 'last 24 h', '7d': 'last 7 days', '30d': 'last 30 days' } as const;
export const NO_FILTERS: Filters = {
  severity: [],
  service: '',
  environment: '',
  type: '',
  state: 'open',
  since: '24h',
  group: '',
  text: '',
};

export function readFilters(query: Readonly<Record<string, string>>): Filters {
  const { severity = '', service = '', environment = '', type = '', state, since = '24h', group = '', q = '' } = query;
  return {
    severity: severities.filter((one) => severity.split(',').includes(one)),
    service,
    environment,
    type,
    state: state === 'resolved' || state === 'all' ? state : 'open',
    since: Object.hasOwn(periods, since) ? since : '24h',
    group: /^[0-9a-f]{32}$/.test(group) ? group : '',
    text: q,
  };
}

/** What GET /api/errors and GET /api/groups both know. Without a word there is nothing to look for: the server refuses that. */
export function toQuery(filters: Filters): Query {
  const given = (text: string) => (text === '' ? undefined : text);
  return {
    severity: filters.severity.length === 0 ? undefined : filters.severity,
    service: given(filters.service),
    environment: given(filters.environment),
    error_type: given(filters.type),
    resolved: filters.state === 'all' ? undefined : filters.state === 'resolved',
    since: filters.since,
    q: wordsOf(filters.text).length === 0 ? undefined : filters.text,
  };
}

/** Whether the list would show what has just arrived. It arrives open, and now. */
export function isShown(error: Omit<ErrorItem, 'timestamp'>, filters: Filters): boolean {
  const { severity, service, environment, type, state, group, text } = filters;
  return (
    (severity.length === 0 || severity.includes(error.severity)) &&
    (service === '' || error.service === service) &&
    (environment === '' || error.environment === environment) &&
    (type === '' || error.error_type === type) &&
    (group === '' || error.fingerprint === group) &&
    (state === 'all' || (state === 'resolved') === error.resolved) &&
    hasWords(error, text)
  );
}

/** As the server looks: every word, whole, in any case. */
function hasWords(
  { exception_type: type, message }: Pick<ErrorItem, 'exception_type' | 'message'>,
  text: string,
): boolean {
  const words = wordsOf(text);
  if (words.length === 0) return true;
  const found = new Set(wordsOf(`${type} ${message}`));
  return words.every((word) => found.has(word));
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}\u0080-\u{10ffff}]+/gu) ?? [];
}
