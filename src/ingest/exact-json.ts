// JSON.parse for OTLP bodies. Two things it does not do: keep integers beyond 2^53 exact (OTLP allows 64-bit ones as
// numbers), and refuse bodies that are small on the wire and huge as objects. One look over the bytes finds both.
import { Failure } from '../failure.ts';

/** Real requests stay below 50; JSON.parse itself has no limit. */
const MAX_DEPTH = 1_000;

/** Commas and opening brackets, each of which may be one object of 64 bytes more. 64 MiB of real spans hold some four million. */
const MAX_VALUES = 8_000_000;

/** 2^53 has 16 digits. */
const MIN_LONG_DIGITS = 16;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const MINUS = 0x2d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Long integers come back as decimal texts, as OTLP writes them anyway. Throws MALFORMED or PAYLOAD_TOO_LARGE. */
export function parseExactJson(body: Buffer): unknown {
  const text = quoteIntegers(body, findLongIntegers(body));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Failure('MALFORMED', 'the body is not JSON', { cause });
  }
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Also holds depth and number of values against their limits. */
function findLongIntegers(body: Buffer): readonly Range[] {
  const found: Range[] = [];
  let depth = 0;
  let values = 0;
  let pos = 0;
  while (pos < body.length) {
    const byte = body[pos] ?? 0;
    if (byte === QUOTE) {
      pos = afterString(body, pos);
      continue;
    }
    if (byte === MINUS || isDigit(byte)) {
      const to = afterNumber(body, pos);
      if (to - pos >= MIN_LONG_DIGITS && isInteger(body, pos, to)) found.push({ from: pos, to });
      pos = to;
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      depth += 1;
      values += 1;
      if (depth > MAX_DEPTH) throw new Failure('MALFORMED', `the body is nested more than ${MAX_DEPTH} deep`);
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth -= 1;
    else if (byte === COMMA) values += 1;
    pos += 1;
  }
  if (values > MAX_VALUES) throw new Failure('PAYLOAD_TOO_LARGE', `the body holds more than ${MAX_VALUES} values`);
  return found;
}

function afterString(body: Buffer, from: number): number {
  let pos = from + 1;
  while (pos < body.length) {
    const byte = body[pos];
    if (byte === QUOTE) return pos + 1;
    pos += byte === BACKSLASH ? 2 : 1;
  }
  return pos;
}

function afterNumber(body: Buffer, from: number): number {
  let pos = from + 1;
  while (pos < body.length && isInNumber(body[pos] ?? 0)) pos += 1;
  return pos;
}

/** Digits, sign, point, exponent. */
function isInNumber(byte: number): boolean {
  return isDigit(byte) || byte === 0x2e || byte === 0x2b || byte === MINUS || (byte | 0x20) === 0x65;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** JSON knows no leading zeros: quoting one would make an invalid body valid. */
function isInteger(body: Buffer, from: number, to: number): boolean {
  const first = body[from] === MINUS ? from + 1 : from;
  if (body[first] === 0x30) return false;
  for (let pos = first; pos < to; pos++) {
    if (!isDigit(body[pos] ?? 0)) return false;
  }
  return true;
}

function quoteIntegers(body: Buffer, ranges: readonly Range[]): string {
  if (ranges.length === 0) return body.toString();
  let text = '';
  let done = 0;
  // Numbers are ASCII, so no character is cut in two.
  for (const { from, to } of ranges) {
    text += `${body.toString('utf8', done, from)}"${body.toString('latin1', from, to)}"`;
    done = to;
  }
  return text + body.toString('utf8', done);
}
