// The bound of the receiver's memory: bytes of all requests in flight. Past it requests are refused, not queued; senders
// keep their data and come back.
import { Failure } from '../failure.ts';

export interface ByteBudget {
  readonly inFlight: number;
  open(): ByteShare;
}

/** What one request holds. */
export interface ByteShare {
  /** Throws OVERLOADED when there is no room; then nothing was taken. */
  take(bytes: number): void;
  /** Takes without asking, for what is there already: it keeps later requests out, and is never refused itself. */
  add(bytes: number): void;
  /** Gives back all that was taken. Safe twice. */
  release(): void;
}

export function createByteBudget(maxBytes: number): ByteBudget {
  let inFlight = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    open() {
      let held = 0;
      return {
        take(bytes) {
          if (inFlight + bytes > maxBytes) {
            throw new Failure('OVERLOADED', 'too many bytes are in flight; send this again');
          }
          this.add(bytes);
        },
        add(bytes) {
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
