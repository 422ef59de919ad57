// One export request from its headers to its answer: who sends, how much, which errors are in it, are they durable.
// Whatever is refused is refused as early as it can be known. Specification: OTLP/HTTP, and docs of each failure code.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { requireScope } from '../access/principal.ts';
import type { Principal } from '../access/principal.ts';
import type { AuthenticateFrom } from '../access/wrong-tokens.ts';
import { Failure } from '../failure.ts';
import type { ByteBudget } from './byte-budget.ts';
import type { Accept, Acceptance, Candidate } from './candidate.ts';
import type { Decoded } from './decoded.ts';
import { successBody } from './export-response.ts';
import type { Signal } from './export-response.ts';
import { hasZstd } from './inflate.ts';
import type { Inflater } from './inflate.ts';
import { compressionOf, encodingOf, mediaTypes } from './media.ts';
import type { Encoding } from './media.ts';
import { readBody, tooLarge } from './read-body.ts';

export type Decode = (body: Buffer, encoding: Encoding) => Decoded;

export interface RequestParts {
  readonly maxBodyBytes: number;
  readonly budget: ByteBudget;
  readonly inflate: Inflater;
  readonly authenticate: AuthenticateFrom;
  /** Throws RATE_LIMITED or OVERLOADED. `bytes`: of the body, as sent. */
  readonly admit: (principal: Principal, bytes: number) => void;
  readonly accept: Accept;
  /** Requests that come to their errors after the stop are refused: their connection is gone. */
  readonly isStopped: () => boolean;
  /** Throws FORBIDDEN. */
  readonly onKnown: (request: FastifyRequest, principal: Principal) => void;
  /** The next stage threw what it never should. */
  readonly onUnforeseen: (cause: unknown) => void;
  readonly onRejected: (rejection: { principal: Principal; signal: Signal; count: number }) => void;
}

/** What a candidate weighs as an object, beside its texts, which are counted with the body. */
const CANDIDATE_BYTES = 1_024;

const NOTHING_REJECTED: Acceptance = { rejected: 0 };

export function createRequestHandler(signal: Signal, decode: Decode, parts: RequestParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { headers } = request;
    const principal = parts.authenticate(headers.authorization, request.ip);
    parts.onKnown(request, principal);
    requireScope(principal, 'ingest');
    const encoding = encodingOf(headers['content-type']);
    if (encoding === undefined) {
      const known = Object.values(mediaTypes).join(', ');
      throw new Failure('UNSUPPORTED_MEDIA_TYPE', `this Content-Type is not supported; ${known} are`);
    }
    const compression = compressionOf(headers['content-encoding'], hasZstd);
    const declared = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
    if (declared !== undefined) {
      if (declared > parts.maxBodyBytes) throw tooLarge(parts.maxBodyBytes);
      parts.admit(principal, declared);
    }
    const share = parts.budget.open();
    try {
      const body = await readBody(request.raw, share, parts.maxBodyBytes);
      if (declared === undefined) parts.admit(principal, body.length);
      const message = await parts.inflate(body, compression);
      if (message !== body) share.take(message.length);
      const decoded = decode(message, encoding);
      share.add(decoded.candidates.length * CANDIDATE_BYTES);
      if (decoded.rejected > 0) parts.onRejected({ principal, signal, count: decoded.rejected });
      const accepted = await acceptAll(decoded.candidates, { signal, principal }, parts);
      const partial = {
        rejected: decoded.rejected + accepted.rejected,
        message: [decoded.message, accepted.message ?? ''].filter((part) => part !== '').join('; '),
      };
      return await reply
        .code(200)
        .header('content-type', mediaTypes[encoding])
        .send(successBody(signal, encoding, partial));
    } finally {
      share.release();
    }
  };
}

/** Fails only in ways that tell the sender to keep the data, except where the next stage says that they are bad for good. */
async function acceptAll(
  candidates: readonly Candidate[],
  { signal, principal }: { readonly signal: Signal; readonly principal: Principal },
  { accept, isStopped, onUnforeseen }: RequestParts,
): Promise<Acceptance> {
  // Most requests: they touch nothing.
  if (candidates.length === 0) return NOTHING_REJECTED;
  if (isStopped()) throw new Failure('STOPPING', 'this server is stopping');
  try {
    return await accept({ signal, candidates, principal });
  } catch (cause) {
    if (cause instanceof Failure && (cause.retryable || cause.http < 500)) throw cause;
    onUnforeseen(cause);
    // It may pass, and any status but 503 would make the sender drop the errors.
    throw new Failure('STORE_UNAVAILABLE', 'the errors could not be stored; send them again', { cause });
  }
}
