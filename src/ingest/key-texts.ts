// Attribute keys repeat from record to record. Finding the text of a known key by its bytes is four times faster than making
// it anew, and the same text object is faster to look up in a Map.

interface KnownKey {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Far more than the keys of a running system; a power of two. Two keys in one slot push each other out, no more. */
const SLOTS = 1_024;
/** Longer keys are made anew, so that senders with keys of their own cannot fill the memory. */
const MAX_KNOWN_BYTES = 64;

export class KeyTexts {
  readonly #slots: (KnownKey | undefined)[] = Array.from({ length: SLOTS });

  /** `make` is asked where the key is not known. */
  at(bytes: Buffer, range: { readonly from: number; readonly to: number }, make: () => string): string {
    const { from, to } = range;
    const length = to - from;
    if (length === 0 || length > MAX_KNOWN_BYTES) return make();
    const slot = slotOf(bytes, from, to);
    const known = this.#slots[slot];
    if (known !== undefined && known.bytes.length === length && isAt(bytes, from, known.bytes)) return known.text;
    const text = make();
    this.#slots[slot] = { bytes: new Uint8Array(bytes.subarray(from, to)), text };
    return text;
  }
}

function slotOf(bytes: Buffer, from: number, to: number): number {
  // Keys differ in their length and their ends; the middle tells http.request.* from http.response.*.
  const ends = (bytes[from] ?? 0) + (bytes[to - 1] ?? 0) * 31 + (bytes[to - 2] ?? 0) * 7;
  const middle = (bytes[from + ((to - from) >> 1)] ?? 0) * 131;
  return (ends + middle + (to - from) * 61) & (SLOTS - 1);
}

function isAt(bytes: Buffer, from: number, key: Uint8Array): boolean {
  for (let index = 0; index < key.length; index++) {
    if (bytes[from + index] !== key[index]) return false;
  }
  return true;
}
