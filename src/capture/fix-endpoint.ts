// How Errata has a service fix itself, whatever serves the request:
//   POST /errata/fix        {"fix": "pool.reset", "params": {"pool": "redis"}}, its key in webhook-id
//   GET  /errata/fix/<key>  what became of it, for a caller that crashed before it heard the answer
// `applied: false` in an answer says that nothing was changed; an answer without `applied` leaves it open.
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { detailsJson } from './details-json.ts';
import type { FixState } from './fix-runs.ts';
import { createFixRuns } from './fix-runs.ts';
import { checkSignature } from './fix-signature.ts';
import type { FixHandler, FixParams } from './on-fix.ts';
import { fixHandlerOf, fixNames } from './on-fix.ts';
import { messageOf } from './stack-text.ts';

export interface FixOptions {
  /** Shared with Errata, at least 16 characters; without one every call is refused. */
  readonly secret: string;
  /** How long a call waits for its handler. Default: 30 seconds. */
  readonly timeoutMs?: number;
}

export interface FixCall {
  readonly method: string;
  /** Of the path; undefined: `/errata/fix` itself. */
  readonly key: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface FixAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export const FIX_PATH = '/errata/fix';
export const MAX_FIX_BYTES = 65_536;
const MIN_SECRET = 16;
const MAX_ERROR = 1000;

export function createFixEndpoint(
  options: FixOptions,
  now: () => number = Date.now,
): (call: FixCall) => Promise<FixAnswer> {
  const { secret, timeoutMs = 30_000 } = options;
  const isSafe = typeof secret === 'string' && secret.length >= MIN_SECRET;
  if (!isSafe)
    process.emitWarning(`fixes are refused: the secret has fewer than ${MIN_SECRET} characters`, 'ErrataCapture');
  const runs = createFixRuns(now);

  async function apply(key: string, body: Buffer): Promise<FixAnswer> {
    const asked = parseBody(body);
    if (asked === undefined) return refusal(400, 'the body must be {"fix": name, "params": {name: value}}');
    const handler = fixHandlerOf(asked.fix);
    if (handler === undefined) return refusal(404, `no fix ${asked.fix.slice(0, 100)} is registered`);
    const signal = AbortSignal.timeout(timeoutMs);
    const digest = createHash('sha256').update(body).digest('base64');
    const started = runs.start({ key, digest }, () => carryOut(handler, asked.params, { key, signal }));
    if ('refused' in started)
      return started.refused === 'conflict'
        ? refusal(409, 'this key was used for another fix')
        : refusal(503, 'too many fixes in ten minutes');
    return toAnswer(await Promise.race([started.run, dueAt(signal)]));
  }

  return async ({ method, key, headers, body }) => {
    if (!isSafe) return refusal(503, 'this service has no secret for fixes');
    const signed = checkSignature({ headers, body }, { secret, now: now() });
    if ('refused' in signed) return refusal(401, signed.refused);
    if (method === 'POST' && key === undefined) return apply(signed.key, body);
    if (method !== 'GET' || key === undefined) return refusal(405, 'POST a fix, or GET one by its key');
    // Else a signature for one key would open all.
    if (key !== signed.key) return refusal(401, 'the signature is of another key');
    const known = runs.stateOf(key) ?? { state: 'unseen' };
    return { status: 200, body: { ...known, memory: runs.memory(), fixes: fixNames() } };
  };
}

export function refusal(status: number, error: string): FixAnswer {
  return { status, body: { applied: false, error } };
}

function toAnswer(state: FixState): FixAnswer {
  switch (state.state) {
    case 'applied':
      return { status: 200, body: { applied: true, result: state.result } };
    case 'failed':
      return refusal(500, state.error);
    case 'running':
      return { status: 504, body: { error: 'it still runs; GET tells what becomes of it' } };
  }
}

async function carryOut(
  handler: FixHandler,
  params: FixParams,
  context: { readonly key: string; readonly signal: AbortSignal },
): Promise<FixState> {
  try {
    return { state: 'applied', result: plainResult(await handler(params, context)) };
  } catch (cause) {
    return { state: 'failed', error: messageOf(cause).slice(0, MAX_ERROR) };
  }
}

/** What JSON can hold of it, bounded. It was applied, also when its result can't be read. */
function plainResult(result: unknown): unknown {
  try {
    const plain = JSON.parse(detailsJson({ result })) as { readonly result?: unknown; readonly truncated?: true };
    return plain.truncated === true ? plain : plain.result;
  } catch {
    return '[unreadable]';
  }
}

function dueAt(signal: AbortSignal): Promise<FixState> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ state: 'running' }), { once: true });
  });
}

function parseBody(body: Buffer): { readonly fix: string; readonly params: FixParams } | undefined {
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  if (!isRecord(value) || typeof value['fix'] !== 'string') return undefined;
  const params = value['params'] ?? {};
  if (!isRecord(params)) return undefined;
  const isPlain = Object.values(params).every((one) => ['string', 'number', 'boolean'].includes(typeof one));
  return isPlain ? { fix: value['fix'], params: params as FixParams } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
