// The bound of the receiver's memory: bytes of all requests in flight. Past it requests are refused, not queued; senders
// keep their data and come back.
import { Failure } from '../failure.ts';

export interface ByteBudget {
  readonly inFlight: number;
  readonly left: number;
  open(): ByteShare;
}

/** What one request holds. */
export interface ByteShare {
  /** Throws OVERLOADED when there is no room; then nothing was taken. */
  take(bytes: number): void;
  /** Gives back all that was taken. Safe twice. */
  release(): void;
}

export function createByteBudget(maxBytes: number): ByteBudget {
  let inFlight = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    get left() {
      return maxBytes - inFlight;
    },
    open() {
      let held = 0;
      return {
        take(bytes) {
          if (inFlight + bytes > maxBytes) {
            throw new Failure('OVERLOADED', 'too many bytes are in flight; send this again');
          }
          inFlight += bytes;
          held += bytes;
        },
        release() {
          inFlight -= held;
          held = 0;
        },
      };
    },
  };
}
