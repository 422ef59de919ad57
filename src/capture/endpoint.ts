// Where to send and how to sign. The only place of the library that reads the environment.
import type { PostOutcome } from './post-otlp.ts';
import { postOtlp } from './post-otlp.ts';
import { asOwnWork } from './own-work.ts';

const DEFAULT_ENDPOINT = 'http://127.0.0.1:4318';
/** The receiver answers when its insert is durable, far below a second; ten are the OTLP default. */
const POST_TIMEOUT_MS = 10_000;

export interface Endpoint {
  /** Ends in a slash; undefined when what was configured is no http(s) URL. */
  readonly base: URL | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export function endpointOf(options: { readonly endpoint?: string; readonly token?: string }): Endpoint {
  const configured = options.endpoint || process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] || DEFAULT_ENDPOINT;
  const token = options.token || process.env['ERRATA_TOKEN'];
  const base = parseBase(configured);
  if (base === undefined) {
    // A service must not fail to start because of its error reporting: it says so once, and counts what is lost.
    process.emitWarning('the OTLP endpoint is no http(s) URL; captured errors are dropped', 'ErrataCapture');
  }
  return { base, headers: token === undefined ? {} : { authorization: `Bearer ${token}` } };
}

export function posterTo(
  endpoint: Endpoint,
  path: string,
): (body: Uint8Array, signal: AbortSignal) => Promise<PostOutcome> {
  const { base, headers } = endpoint;
  if (base === undefined) return () => Promise.resolve({ kind: 'refused', reason: 'no endpoint' });
  const url = new URL(path, base);
  return (body, signal) => asOwnWork(() => postOtlp(body, { url, headers, signal, timeoutMs: POST_TIMEOUT_MS }));
}

function parseBase(text: string): URL | undefined {
  // A base without the slash would lose its last segment to the signal's path.
  const withSlash = text.endsWith('/') ? text : `${text}/`;
  if (!URL.canParse(withSlash)) return undefined;
  const base = new URL(withSlash);
  return base.protocol === 'http:' || base.protocol === 'https:' ? base : undefined;
}
