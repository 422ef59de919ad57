// PagerDuty Events API v2: each notice triggers an alert, which equal keys join. Alerts are resolved there, by people:
// that an error is resolved here says nothing about what woke them.
import { createHash } from 'node:crypto';
import type { Channel, ChannelDeps } from '../channel.ts';
import type { Notice, Notification } from '../notice.ts';
import { kindTitles, linkOf, toLine } from './notice-text.ts';
import { POST_TIMEOUT_MS, post } from './post.ts';

interface PagerDutySettings {
  readonly name: string;
  /** A reference. */
  readonly routingKey: string;
  readonly url: string;
}

/** Limits of the API; beyond them it refuses the event. */
const MAX_SUMMARY_CHARS = 1_024;
const MAX_DEDUP_CHARS = 255;

/** 202 alone says that the event is theirs: 200 is some other page. */
const ACCEPTED = 202;

export function createPagerDuty({ name, routingKey, url }: PagerDutySettings, deps: ChannelDeps): Channel {
  return {
    name,
    timeoutMs: POST_TIMEOUT_MS,
    send: async (notification, signal) => {
      const key = deps.secret(routingKey);
      const body = JSON.stringify({ routing_key: key, ...eventOf(notification, deps.publicUrl) });
      const isTaken = (status: number) => status === ACCEPTED;
      return post({ url, body, hide: [key], isTaken }, { signal, now: deps.now });
    },
  };
}

function eventOf({ notice }: Notification, publicUrl: string | undefined): object {
  const { kind, companyId, key, severity, title, service, message, fields, atMs } = notice;
  const link = linkOf(notice, publicUrl);
  return {
    event_action: 'trigger',
    dedup_key: dedupKeyOf(`errata/${companyId}/${key}`),
    client: 'Errata',
    ...(link === undefined ? {} : { client_url: link, links: [{ href: link, text: 'Open in Errata' }] }),
    payload: {
      summary: toLine(`${kindTitles[kind]}: ${title}`, MAX_SUMMARY_CHARS),
      source: service === '' ? 'errata' : service,
      // Ours are theirs.
      severity,
      timestamp: new Date(atMs).toISOString(),
      class: kind,
      custom_details: { ...detailsOf(fields), message, company_id: companyId },
    },
  };
}

/** Equal names share an entry. */
function detailsOf(fields: Notice['fields']): Readonly<Record<string, string>> {
  const details = new Map<string, string>();
  for (const [name, value] of fields) details.set(name, [details.get(name) ?? [], value].flat().join('\n'));
  return Object.fromEntries(details);
}

function dedupKeyOf(text: string): string {
  return text.length <= MAX_DEDUP_CHARS ? text : createHash('sha256').update(text).digest('hex');
}
