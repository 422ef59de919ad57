// Who may ask for a fix: whoever knows the secret. As Standard Webhooks has it: HMAC-SHA256 over `id.timestamp.body`.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export type Signed = { readonly key: string } | { readonly refused: string };

/** A signature is good this long, in both directions: clocks differ. */
export const SIGNATURE_WINDOW_MS = 300_000;

/** Without quotes and braces an id can't be cut elsewhere to give the same text with another body. */
const KEY = /^[\w:./-]{1,256}$/;

export function checkSignature(
  { headers, body }: { readonly headers: IncomingHttpHeaders; readonly body: Buffer },
  { secret, now }: { readonly secret: string; readonly now: number },
): Signed {
  const key = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (typeof key !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string')
    return { refused: 'webhook-id, webhook-timestamp and webhook-signature are needed' };
  if (!KEY.test(key) || !/^\d{1,12}$/.test(timestamp))
    return { refused: 'webhook-id or webhook-timestamp is malformed' };
  const expected = createHmac('sha256', secret).update(`${key}.${timestamp}.`).update(body).digest();
  // A header may hold several, of several keys or versions; one good one is enough.
  const good = signatures.split(' ').some((one) => one.startsWith('v1,') && isEqual(one.slice(3), expected));
  if (!good) return { refused: 'the signature is not of this request' };
  if (Math.abs(now - Number(timestamp) * 1000) > SIGNATURE_WINDOW_MS)
    return { refused: 'signed too long ago, or the clocks differ by more than five minutes' };
  return { key };
}

function isEqual(base64: string, expected: Buffer): boolean {
  const given = Buffer.from(base64, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
