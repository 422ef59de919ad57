// The id of an occurrence: a UUID made from its content, so that a retry, a re-batched retry, the log copy of a span's
// exception and the copies on parent spans all meet in it. The fingerprint and the exception type are not in it: twins
// differ in them (a log without stack, an SDK without type). reference: error-tracking (c.3).
import { digestOf } from './length-prefixed.ts';

/** A change of what goes in needs a new tag: old and new ids must not meet by accident. */
const TAG = 'id1';
export const MINUTE_MS = 60_000;

export interface TracedKey {
  readonly companyId: number;
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Redacted, in full. */
  readonly message: string;
  readonly exceptionType: string;
}

/** The same failure in the same trace within the same minute is one occurrence. `minute`: floor(unclamped Unix ms / 60,000). */
export function tracedId(key: TracedKey, minute: number): string {
  const [kind, text] = signatureOf(key);
  return toUuid(digestOf([TAG, 'trace', `${key.companyId}`, key.service, key.traceId, kind, text, `${minute}`]));
}

function signatureOf(key: TracedKey): readonly [kind: string, text: string] {
  if (key.message !== '') return ['message', key.message];
  if (key.exceptionType !== '') return ['type', key.exceptionType];
  return ['span', key.spanId];
}

export interface UntracedKey {
  readonly companyId: number;
  readonly service: string;
  readonly instance: string;
  readonly scopeName: string;
  /** 0n when the sender gave none: then `minute` of receiving tells apart. */
  readonly timeUnixNano: bigint;
  readonly severity: string;
  readonly message: string;
  readonly exceptionType: string;
}

/** Without a trace only what is identical to the nanosecond is the same occurrence. */
export function untracedId(key: UntracedKey, minute: number): string {
  const time = key.timeUnixNano > 0n ? `${key.timeUnixNano}` : `m${minute}`;
  return toUuid(
    digestOf([
      TAG,
      'time',
      `${key.companyId}`,
      key.service,
      key.instance,
      key.scopeName,
      time,
      key.severity,
      key.message,
      key.exceptionType,
    ]),
  );
}

/** UUID version 8 (RFC 9562: vendor-made), variant 10. */
function toUuid(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
