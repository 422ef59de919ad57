// Single fields of candidates that both signals have.
import type { ProtobufReader } from './protobuf-reader.ts';
import { MAX_TEXT_BYTES, textAt } from './text-limits.ts';

export function readText(reader: ProtobufReader, end: number): string {
  const to = reader.fieldEnd(end);
  const text = textAt(reader.bytes, { from: reader.pos, to }, MAX_TEXT_BYTES);
  reader.pos = to;
  return text;
}

/** Lower-case hex; '' for an id of another length or of nothing but zeros, which are no ids (trace/v1, Span). */
export function readId(reader: ProtobufReader, end: number, length: 8 | 16): string {
  const to = reader.fieldEnd(end);
  const id = to - reader.pos === length ? reader.bytes.toString('hex', reader.pos, to) : '';
  reader.pos = to;
  return knownId(id);
}

export function knownId(hex: string): string {
  return /[^0]/.test(hex) ? hex : '';
}
