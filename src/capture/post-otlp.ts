// One POST of one OTLP body, and what it means for the sender. opentelemetry-proto docs/specification.md, OTLP/HTTP
// response: only 429, 502, 503 and 504 may be sent again; Retry-After in seconds or as a date.
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

export type PostOutcome =
  | { readonly kind: 'taken'; readonly body: Uint8Array }
  /** For good: the same body would be refused again. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'try_again'; readonly afterMs: number | undefined; readonly reason: string };

export interface PostTarget {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const RETRYABLE = new Set([429, 502, 503, 504]);
/** Answers are some bytes; a peer that says more is no OTLP receiver and is read no further. */
const MAX_ANSWER = 65_536;
/** A Retry-After beyond this is taken as this: the queue would not hold that long. */
const MAX_RETRY_AFTER_MS = 300_000;

/** Never rejects. `timeoutMs` bounds the whole exchange, however slowly the peer drips. */
export function postOtlp(body: Uint8Array, target: PostTarget): Promise<PostOutcome> {
  return new Promise((resolve) => {
    const again = (reason: string): void => resolve({ kind: 'try_again', afterMs: undefined, reason });
    let outgoing: ClientRequest | undefined;
    const timer = setTimeout(() => {
      again('timeout');
      outgoing?.destroy();
    }, target.timeoutMs);
    // The request itself keeps the host alive for its short time; the clock does not need to.
    timer.unref();
    try {
      outgoing = send(body, target);
      outgoing.once('response', (answer) => void read(answer).then(resolve, again));
      // Every network error may pass: refused, reset, an unknown name, a peer that speaks no HTTP.
      outgoing.on('error', (cause) => again('code' in cause ? String(cause.code) : cause.message));
      outgoing.once('close', () => clearTimeout(timer));
      outgoing.end(body);
    } catch (cause) {
      // node:http throws for headers it cannot send, such as a token with a line break.
      clearTimeout(timer);
      resolve({ kind: 'refused', reason: cause instanceof Error ? cause.message : 'request not sendable' });
    }
  });
}

function send(body: Uint8Array, target: PostTarget): ClientRequest {
  const request = target.url.protocol === 'https:' ? requestHttps : requestHttp;
  return request(target.url, {
    method: 'POST',
    signal: target.signal,
    headers: {
      ...target.headers,
      'content-type': 'application/x-protobuf',
      'content-length': body.byteLength,
      'user-agent': 'errata-capture',
    },
  });
}

async function read(answer: IncomingMessage): Promise<PostOutcome> {
  const status = answer.statusCode ?? 0;
  if (RETRYABLE.has(status)) {
    answer.resume();
    return { kind: 'try_again', afterMs: retryAfterMs(answer.headers['retry-after']), reason: `status ${status}` };
  }
  if (status < 200 || status > 299) {
    answer.resume();
    return { kind: 'refused', reason: `status ${status}` };
  }
  return { kind: 'taken', body: await bodyOf(answer) };
}

/** The receiver has taken the data once it answers 200: whatever happens to the body changes nothing. */
function bodyOf(answer: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    answer.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_ANSWER) answer.destroy();
      else chunks.push(chunk);
    });
    answer.on('error', () => undefined);
    answer.once('close', () => resolve(Buffer.concat(chunks)));
  });
}

function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
