// What a decoder makes of one request's body, whichever encoding it came in; and the selection's one setting.
import type { Attributes, Candidate } from './candidate.ts';

export interface Decoded {
  readonly candidates: readonly Candidate[];
  /** Records that are bad for good: told to the sender as partial success. */
  readonly rejected: number;
  /** Why, when there are any. */
  readonly message: string;
}

export interface Selection {
  /** SeverityNumber from which on a log record counts. */
  readonly logThreshold: number;
}

/** What every candidate of one scope shares. */
export interface Origin {
  readonly resource: Attributes;
  readonly scopeName: string;
}

/**
 * Errors and their exception events in one request. A record of four bytes may become an object of a kilobyte, so that
 * bytes alone are no bound; 64 MiB of errors with a short stack each are fewer than this.
 */
const MAX_CANDIDATES = 100_000;

export class CandidateList {
  readonly #candidates: Candidate[] = [];
  #weight = 0;
  #rejected = 0;
  #message = '';

  add(candidate: Candidate): void {
    this.#weight += candidate.kind === 'span' ? 1 + candidate.exceptions.length : 1;
    if (this.#weight > MAX_CANDIDATES) this.rejectOneTooMany();
    else this.#candidates.push(candidate);
  }

  /** One record less; the first reason is the one that is told. */
  reject(reason: string): void {
    this.#rejected += 1;
    this.#message ||= reason;
  }

  /** For records that need not be read any more. */
  rejectOneTooMany(): void {
    this.reject(`more than ${MAX_CANDIDATES} errors in one request`);
  }

  /** How many more there may be. */
  get room(): number {
    return Math.max(0, MAX_CANDIDATES - this.#weight);
  }

  toDecoded(): Decoded {
    return { candidates: this.#candidates, rejected: this.#rejected, message: this.#message };
  }
}
