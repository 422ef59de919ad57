// What a service says about one error: the seed's signature, word for word, plus what only the caller can know.

export const captureSeverities = ['critical', 'error', 'warning', 'info'] as const;
export type CaptureSeverity = (typeof captureSeverities)[number];

export interface ErrorReport {
  /** The service that failed; the started one when left out. */
  readonly service?: string;
  readonly severity: CaptureSeverity;
  /** `connection_failed`, `health_check_failed`, `api_error`, ...; the pipeline classifies when it is left out. */
  readonly error_type?: string;
  readonly message: string;
  /** Facts beside the message. Anything JSON can say; the rest is written as text. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What was thrown: gives the type, the stack and the causes. */
  readonly error?: unknown;
  /** false: it ended the operation. True when left out: the caller caught it and went on. */
  readonly handled?: boolean;
}
