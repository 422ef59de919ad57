// Every no before a message is read: HTTP status with a JSON-RPC error in the body, as MCP clients expect it.
import type { FastifyReply } from 'fastify';
import { Failure, toFailure } from '../failure.ts';
import type { FailureCode } from '../failure.ts';

/** JSON-RPC 2.0: a fault of the parser, and the range left to servers. */
const PARSE_ERROR = -32_700;
const SERVER_ERROR = -32_000;

/** As for REST: long enough for one insert. */
const RETRY_AFTER_SECONDS = 1;

/** Returns the failure, for the log. */
export function refuse(reply: FastifyReply, error: unknown): Failure {
  const failure = isRefusedByFastify(error)
    ? new Failure(codeOf(error.statusCode), error.message, { cause: error })
    : toFailure(error);
  const status = failure.http;
  // No resource_metadata: with it clients would start an OAuth flow that leads nowhere.
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="errata"');
  if (status === 429 || status === 503)
    void reply.header('retry-after', failure.retryAfterSeconds ?? RETRY_AFTER_SECONDS);
  void reply.code(status).send({
    jsonrpc: '2.0',
    error: {
      code: failure.code === 'MALFORMED' ? PARSE_ERROR : SERVER_ERROR,
      message: failure.message,
      data: { code: failure.code },
    },
    id: null,
  });
  return failure;
}

/** Its body parser: the sender's doing. */
function isRefusedByFastify(error: unknown): error is Error & { readonly statusCode: number } {
  if (!(error instanceof Error) || error instanceof Failure || !('statusCode' in error)) return false;
  return typeof error.statusCode === 'number' && error.statusCode >= 400 && error.statusCode < 500;
}

function codeOf(status: number): FailureCode {
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  return status === 415 ? 'UNSUPPORTED_MEDIA_TYPE' : 'MALFORMED';
}
