// Notices as texts. Whatever comes from errors is cleaned and cut here, before it is stored or sent; a channel then only
// has to escape what its own markup would read.
import { createHash } from 'node:crypto';
import { cleanText, cutEnd } from '../../errors/clean-text.ts';
import type { Notice, NoticeKind } from '../notice.ts';

/** What a person reads first. */
export const kindTitles: Readonly<Record<NoticeKind, string>> = {
  critical_error: 'Critical error',
  fix_failed: 'Fix failed',
  approval_needed: 'Approval needed',
  delegation_overdue: 'Delegation overdue',
  case_escalated: 'Case escalated',
  breaker_open: 'Breaker open',
  delegation_opened: 'Delegation',
  digest: 'Digest',
};

/** A message is read on a telephone; everything else stands on the admin page. Together far below any receiver's limit. */
const MAX_TITLE_CHARS = 200;
const MAX_SERVICE_CHARS = 200;
const MAX_MESSAGE_CHARS = 2_000;
const MAX_FIELDS = 30;
const MAX_FIELD_NAME_CHARS = 60;
const MAX_FIELD_VALUE_CHARS = 500;
/** Longer ones are known by their hash. */
const MAX_KEY_CHARS = 200;
const MAX_PATH_CHARS = 500;

/** Direction marks, joiners and tags: what is not seen can say something else than what is seen. */
const INVISIBLE = /\p{Cf}|\u034f|[\u115f\u1160\u3164\uffa0]/gu;
const LINE_BREAKS = /[\n\t\u2028\u2029]+/g;

export function toBounded(notice: Notice): Notice {
  const { key, path } = notice;
  return {
    ...notice,
    key: key.length <= MAX_KEY_CHARS ? key : createHash('sha256').update(key).digest('hex'),
    title: toLine(notice.title, MAX_TITLE_CHARS),
    service: toLine(notice.service, MAX_SERVICE_CHARS),
    message: toText(notice.message, MAX_MESSAGE_CHARS),
    fields: notice.fields
      .slice(0, MAX_FIELDS)
      .map(([name, value]) => [toLine(name, MAX_FIELD_NAME_CHARS), toLine(value, MAX_FIELD_VALUE_CHARS)]),
    path: path.length <= MAX_PATH_CHARS ? path : '',
  };
}

/** Without line breaks: nothing can be added to a header or a list by it. */
export function toLine(text: string, maxChars: number): string {
  return cutEnd(
    visible(text.slice(0, 4 * maxChars))
      .replace(LINE_BREAKS, ' ')
      .trim(),
    maxChars,
  );
}

/** Line breaks stay. */
function toText(text: string, maxChars: number): string {
  return cutEnd(visible(text.slice(0, 4 * maxChars)).trim(), maxChars);
}

function visible(text: string): string {
  return cleanText(text).replace(INVISIBLE, '\ufffd');
}

/** The whole notice for people, a line for each thing. */
export function toLines(notice: Notice): readonly string[] {
  const { service, title, fields, message } = notice;
  return [
    title,
    ...(service === '' ? [] : [`Service: ${service}`]),
    ...fields.map(([name, value]) => `${name}: ${value}`),
    ...(message === '' ? [] : ['', message]),
  ];
}

/** To the admin page; undefined when there is nothing to open. Never on another host, whatever the path says. */
export function linkOf({ path }: Notice, publicUrl: string | undefined): string | undefined {
  if (publicUrl === undefined || publicUrl === '' || !path.startsWith('/')) return undefined;
  const link = `${publicUrl}${path}`;
  return URL.canParse(link) ? new URL(link).href : undefined;
}
