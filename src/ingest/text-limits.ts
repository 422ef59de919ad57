// How much of one text is kept. A stack of 500 frames fits; what is longer is a dump, and is cut with a mark, on the edge
// of a character, in the same place whether it came as protobuf or as JSON.

export const MAX_TEXT_BYTES = 65_536;
export const MAX_STACK_BYTES = 262_144;
/** Keys are names; semantic conventions stay below 64. */
export const MAX_KEY_BYTES = 1_024;

export const CUT_MARK = '…[cut]';

/** No UTF-16 unit takes more than three bytes of UTF-8. */
const MAX_BYTES_PER_UNIT = 3;

/** A copy: it holds no part of the request. Invalid UTF-8 is replaced by U+FFFD. */
export function textAt(bytes: Buffer, range: { readonly from: number; readonly to: number }, maxBytes: number): string {
  const { from, to } = range;
  if (to - from <= maxBytes) return bytes.toString('utf8', from, to);
  return bytes.toString('utf8', from, characterEdge(bytes, from + maxBytes)) + CUT_MARK;
}

/** The same cut for a text that is already one. Lone surrogates, which JSON can spell, become U+FFFD. */
export function keptText(text: string, maxBytes: number): string {
  if (text.length * MAX_BYTES_PER_UNIT <= maxBytes && !/\p{Surrogate}/u.test(text)) return text;
  const bytes = Buffer.from(text);
  return textAt(bytes, { from: 0, to: bytes.length }, maxBytes);
}

function characterEdge(bytes: Buffer, at: number): number {
  let edge = at;
  // Continuation bytes are 10xxxxxx; a character has three at most, so that invalid bytes cannot walk back far.
  while (edge > at - 3 && ((bytes[edge] ?? 0) & 0xc0) === 0x80) edge--;
  return edge;
}
