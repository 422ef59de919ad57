// One POST of JSON to an address from errata.yaml. Redirects are not followed: they would carry what we say to an address
// that nobody configured. What the receiver answers is kept as a short note, without our secrets.
import { SendFailed } from '../channel.ts';
import { toLine } from './notice-text.ts';

interface Post {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Taken out of what is noted: error pages repeat addresses. */
  readonly hide: readonly string[];
  readonly isTaken?: (status: number) => boolean;
}

/** Receivers acknowledge and work afterwards; one that needs longer has a fault. Its repetition has the same id. */
export const POST_TIMEOUT_MS = 10_000;

/** Enough to see what a receiver objects to. */
const MAX_ANSWER_BYTES = 4_096;
const MAX_NOTE_CHARS = 200;

/** Of 4xx, those that pass by themselves: time-out, conflict with another request, too early, too many. */
const PASSING = new Set([408, 409, 425, 429]);

/** Resolves with the status. Throws SendFailed. */
export async function post(
  { url, headers = {}, body, hide, isTaken = (status) => status >= 200 && status < 300 }: Post,
  { signal, now }: { readonly signal: AbortSignal; readonly now: () => number },
): Promise<string> {
  requireHttp(url);
  const response = await send(url, { headers, body }, signal);
  const { status } = response;
  if (isTaken(status)) {
    // It was taken; what else it says does not matter, and may never end.
    await response.body?.cancel().catch(() => undefined);
    return `HTTP ${status}`;
  }
  const said = hidden(await textOf(response), hide);
  const isFinal = status < 500 && !PASSING.has(status) && !(status >= 200 && status < 300);
  const note = toLine(`HTTP ${status} ${said}`, MAX_NOTE_CHARS);
  throw new SendFailed(note, { isFinal, retryAfterMs: retryAfterOf(response.headers.get('retry-after'), now()) });
}

/** Also what a reference gives: it was not checked with the configuration. */
function requireHttp(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
    throw new SendFailed('the address is no http or https URL, or has a password in it', { isFinal: true });
}

async function send(
  url: string,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  signal: AbortSignal,
): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json', 'user-agent': 'errata', ...headers },
      body,
      signal,
    });
  } catch (cause) {
    throw new SendFailed(signal.aborted ? 'no answer in time' : `no connection: ${codeOf(cause)}`, {
      isFinal: false,
      cause,
    });
  }
}

/** The code alone: messages of sockets name hosts and paths. */
function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'UNKNOWN';
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // The status is there; of the rest, what came.
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString();
}

function hidden(text: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text);
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfterOf(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const afterMs = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(afterMs) || afterMs < 0 ? undefined : afterMs;
}
