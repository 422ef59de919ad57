// A caller of the fix endpoint that is not ours: signs as Standard Webhooks has it, as any other client would.
import { createHmac } from 'node:crypto';

export const SECRET = 'a secret of the two of them';

export interface SignedParts {
  readonly key: string;
  readonly body?: string;
  readonly secret?: string;
  readonly atMs?: number;
}

export function signedHeaders({ key, body = '', secret = SECRET, atMs = Date.now() }: SignedParts) {
  const timestamp = String(Math.floor(atMs / 1000));
  const signature = createHmac('sha256', secret).update(`${key}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': key, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
