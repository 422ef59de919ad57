// Every way in which Errata says no, in one list. A code is stable: callers, dashboards and docs/troubleshooting rely on it.

/** What the edges make of a code: HTTP status and google.rpc.Code (otlp spec: failures). */
interface Meaning {
  readonly http: number;
  readonly grpc: number;
  /** true: the same request may succeed later, so senders must keep their data and try again. */
  readonly retryable: boolean;
}

export const failures = {
  CONFIG_INVALID: { http: 500, grpc: 9, retryable: false },
  STORE_TAKEN: { http: 503, grpc: 14, retryable: false },
  STORE_UNAVAILABLE: { http: 503, grpc: 14, retryable: true },
  ENGINE_UNAVAILABLE: { http: 503, grpc: 14, retryable: true },
  OVERLOADED: { http: 503, grpc: 14, retryable: true },
  STOPPING: { http: 503, grpc: 14, retryable: true },
  RATE_LIMITED: { http: 429, grpc: 8, retryable: true },
  MALFORMED: { http: 400, grpc: 3, retryable: false },
  INVALID_INPUT: { http: 400, grpc: 3, retryable: false },
  PAYLOAD_TOO_LARGE: { http: 413, grpc: 3, retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { http: 415, grpc: 3, retryable: false },
  UNSUPPORTED_ENCODING: { http: 415, grpc: 3, retryable: false },
  METHOD_NOT_ALLOWED: { http: 405, grpc: 12, retryable: false },
  NOT_FOUND: { http: 404, grpc: 5, retryable: false },
  CONFLICT: { http: 409, grpc: 9, retryable: false },
  UNAUTHENTICATED: { http: 401, grpc: 16, retryable: false },
  FORBIDDEN: { http: 403, grpc: 7, retryable: false },
  INTERNAL: { http: 500, grpc: 13, retryable: false },
} as const satisfies Record<string, Meaning>;

export type FailureCode = keyof typeof failures;

interface FailureOptions {
  readonly cause?: unknown;
  /** The input field at fault, as the caller wrote it (`severity`, `details.port`). */
  readonly field?: string;
  /** When the caller may come back, where that is known. */
  readonly retryAfterSeconds?: number;
}

/** A promise that could not be kept. `message` is for people and may be shown to the caller: it holds no secret. */
export class Failure extends Error {
  readonly code: FailureCode;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: FailureCode, message: string, options: FailureOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = code;
    this.code = code;
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get retryable(): boolean {
    return failures[this.code].retryable;
  }
  get http(): number {
    return failures[this.code].http;
  }
  get grpc(): number {
    return failures[this.code].grpc;
  }
}

/** What an edge answers for anything thrown: Failures as they are, the unforeseen as INTERNAL with nothing given away. */
export function toFailure(cause: unknown): Failure {
  return cause instanceof Failure
    ? cause
    : new Failure('INTERNAL', 'an unforeseen failure; the log has its cause', { cause });
}
