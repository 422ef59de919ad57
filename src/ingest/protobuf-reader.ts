// Reads the protobuf wire format without decoding messages: fields that nobody asks for are skipped by their length.
// Wire: https://protobuf.dev/programming-guides/encoding. Each read is held against the end of the message it stands in,
// so that no length can reach into a neighbour. Groups (types 3 and 4) were never part of OTLP and are refused, because
// skipping them needs a stack; 6 and 7 do not exist.
import { Failure } from '../failure.ts';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

/** 64 bits in groups of seven. */
const MAX_VARINT_BYTES = 10;
const MAX_TAG = 0xff_ff_ff_ff;

export class ProtobufReader {
  readonly bytes: Buffer;
  /** Where the next read starts. */
  pos = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** Field number × 8 + wire type. */
  tag(end: number): number {
    const tag = this.varint(end);
    // Below 8 the field number is 0, which no message has.
    if (tag < 8 || tag > MAX_TAG) throw malformed('no such field number');
    return tag;
  }

  /** Exact up to 2^53: for tags, lengths and small numbers. */
  varint(end: number): number {
    const pos = this.pos;
    if (pos < end) {
      const byte = this.#byteAt(pos);
      if (byte < 0x80) {
        this.pos = pos + 1;
        return byte;
      }
      // Two bytes: the length of nearly every record.
      if (pos + 1 < end) {
        const high = this.#byteAt(pos + 1);
        if (high < 0x80) {
          this.pos = pos + 2;
          return (byte & 0x7f) + high * 0x80;
        }
      }
    }
    return this.#longVarint(end);
  }

  /** Reads a length and returns where the field ends, inside of `end`. */
  fieldEnd(end: number): number {
    const fieldEnd = this.varint(end) + this.pos;
    if (fieldEnd > end) throw malformed('a field is longer than its message');
    return fieldEnd;
  }

  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case VARINT:
        this.varint(end);
        return;
      case FIXED64:
        this.#advance(8, end);
        return;
      case LENGTH_DELIMITED:
        this.pos = this.fieldEnd(end);
        return;
      case FIXED32:
        this.#advance(4, end);
        return;
      default:
        throw malformed(`wire type ${tag & 7}`);
    }
  }

  /** int32 and enum: negative ones come as ten bytes. */
  int32(end: number): number {
    return Number(BigInt.asIntN(32, BigInt(this.int64(end))));
  }

  bool(end: number): boolean {
    return this.int64(end) !== 0;
  }

  /** A number where it is exact, else a bigint. */
  int64(end: number): number | bigint {
    const parts = [0, 0, 0] as [number, number, number];
    for (let index = 0; index < MAX_VARINT_BYTES; index++) {
      const byte = this.#nextByte(end);
      // 28, 28 and 8 bits: what a shift can hold.
      parts[index >> 2] = (parts[index >> 2] ?? 0) | ((byte & 0x7f) << (7 * (index & 3)));
      if (byte < 0x80) return toInteger(parts);
    }
    throw malformed('a varint is longer than 10 bytes');
  }

  fixed64(end: number): bigint {
    const from = this.pos;
    this.#advance(8, end);
    return this.bytes.readBigUInt64LE(from);
  }

  double(end: number): number {
    const from = this.pos;
    this.#advance(8, end);
    return this.bytes.readDoubleLE(from);
  }

  #advance(count: number, end: number): void {
    if (this.pos + count > end) throw malformed('a number goes past its message');
    this.pos += count;
  }

  #longVarint(end: number): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < MAX_VARINT_BYTES; count++) {
      const byte = this.#nextByte(end);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
    throw malformed('a varint is longer than 10 bytes');
  }

  #nextByte(end: number): number {
    if (this.pos >= end) throw malformed('a varint goes past its message');
    return this.#byteAt(this.pos++);
  }

  /** Callers have held `pos` against the message's end, which lies within the bytes. */
  #byteAt(pos: number): number {
    return this.bytes[pos] as number;
  }
}

function malformed(reason: string): Failure {
  return new Failure('MALFORMED', `not an OTLP protobuf message: ${reason}`);
}

function toInteger([low, middle, high]: readonly [number, number, number]): number | bigint {
  const value = low + middle * 2 ** 28;
  if (high === 0 && value <= Number.MAX_SAFE_INTEGER) return value;
  return exactInteger(BigInt.asIntN(64, (BigInt(high) << 56n) | (BigInt(middle) << 28n) | BigInt(low)));
}

/** AttributeValue's promise: within the safe range a number, beyond it a bigint. */
export function exactInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
