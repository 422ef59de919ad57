// Where a page ended, as opaque text: base64url of `<milliseconds>.<key>`. It holds nothing that the caller may not know,
// and a forged one only starts a page of the caller's own company somewhere else.
const PLAIN = /^(\d{1,13})\.([0-9a-f-]{1,36})$/;

export interface CursorPosition {
  readonly ms: number;
  /** An id, a fingerprint or whatever else tells rows of one millisecond apart. */
  readonly key: string;
}

export function toCursor({ ms, key }: CursorPosition): string {
  return Buffer.from(`${ms}.${key}`).toString('base64url');
}

/** undefined for anything that `toCursor` did not make. */
export function parseCursor(cursor: string): CursorPosition | undefined {
  const plain = Buffer.from(cursor, 'base64url').toString('latin1');
  const [, ms, key] = PLAIN.exec(plain) ?? [];
  if (ms === undefined || key === undefined || toCursor({ ms: Number(ms), key }) !== cursor) return undefined;
  return { ms: Number(ms), key };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const FINGERPRINT = /^[0-9a-f]{32}$/;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export function isFingerprint(text: string): boolean {
  return FINGERPRINT.test(text);
}
