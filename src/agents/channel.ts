// Ways to tell somebody. A channel sends one notification once; tries, digests and what survives a restart are the
// notifier's. Secrets and addresses are references (env:NAME, file:PATH), read at each send.
import type { Notification, NoticeKind } from './notice.ts';

interface Told {
  readonly name: string;
  readonly kinds: readonly NoticeKind[];
  /** undefined: every company's. */
  readonly company?: number | undefined;
}

export type ChannelSettings = Told &
  (
    | { readonly type: 'webhook'; readonly url: string; readonly secret: string }
    | { readonly type: 'slack'; readonly url: string }
    | { readonly type: 'pagerduty'; readonly routingKey: string; readonly url: string }
    | {
        readonly type: 'email';
        readonly host: string;
        readonly port: number;
        readonly tls: boolean;
        readonly user: string;
        readonly password?: string | undefined;
        readonly from: string;
        readonly to: readonly string[];
      }
  );

export interface Channel {
  readonly name: string;
  /** How long one try may take. */
  readonly timeoutMs: number;
  /** Resolves with a word for the record when the receiver took it. Throws SendFailed. */
  send(notification: Notification, signal: AbortSignal): Promise<string>;
}

/** What a channel is built with, beside its settings. */
export interface ChannelDeps {
  readonly secret: (reference: string) => string;
  readonly now: () => number;
  /** Where links lead, without a slash at the end; undefined: there are none. */
  readonly publicUrl: string | undefined;
}

interface SendFailedOptions {
  readonly isFinal: boolean;
  /** The receiver asked for this pause. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/**
 * `isFinal`: the receiver will never take it (a wrong address, a refused body); else it is tried again. The message may be
 * shown: it holds no secret.
 */
export class SendFailed extends Error {
  readonly isFinal: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, { isFinal, retryAfterMs, cause }: SendFailedOptions) {
    super(message, { cause });
    this.isFinal = isFinal;
    this.retryAfterMs = retryAfterMs;
  }
}
