// Any receiver of our own JSON, signed as Standard Webhooks has it (spec 1.0.0, "Signature scheme"): HMAC-SHA256 over
// `id.timestamp.body`. docs/notifications.md shows the body and how to check it.
import { createHmac } from 'node:crypto';
import { Failure } from '../../failure.ts';
import type { Channel, ChannelDeps } from '../channel.ts';
import type { Notification } from '../notice.ts';
import { linkOf } from './notice-text.ts';
import { POST_TIMEOUT_MS, post } from './post.ts';

interface WebhookSettings {
  readonly name: string;
  readonly url: string;
  /** A reference; its value is a text, or `whsec_` and base64. */
  readonly secret: string;
}

const PREFIX = 'whsec_';
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

export function createWebhook({ name, url, secret }: WebhookSettings, deps: ChannelDeps): Channel {
  return {
    name,
    timeoutMs: POST_TIMEOUT_MS,
    send: async (notification, signal) => {
      const value = deps.secret(secret);
      const body = JSON.stringify(bodyOf(notification, deps.publicUrl));
      // Of this try: receivers refuse old ones, so that a recorded request can't be played again.
      const timestamp = String(Math.floor(deps.now() / 1000));
      const signature = createHmac('sha256', keyOf(value, secret))
        .update(`${notification.id}.${timestamp}.${body}`)
        .digest('base64');
      const headers = {
        'webhook-id': notification.id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      };
      return post({ url, headers, body, hide: [value] }, { signal, now: deps.now });
    },
  };
}

function bodyOf({ id, notice }: Notification, publicUrl: string | undefined): object {
  const { kind, atMs, companyId, agent, key, severity, title, service, message, fields } = notice;
  return {
    type: `errata.${kind}`,
    timestamp: new Date(atMs).toISOString(),
    data: {
      id,
      company_id: companyId,
      agent: agent === '' ? undefined : agent,
      key,
      severity,
      title,
      service,
      message,
      // A list: questions share a name.
      fields: fields.map(([name, value]) => ({ name, value })),
      url: linkOf(notice, publicUrl),
    },
  };
}

function keyOf(value: string, reference: string): Buffer {
  if (!value.startsWith(PREFIX)) return Buffer.from(value);
  const base64 = value.slice(PREFIX.length);
  if (!BASE64.test(base64)) throw new Failure('CONFIG_INVALID', `${reference}: after ${PREFIX} stands no base64`);
  return Buffer.from(base64, 'base64');
}
