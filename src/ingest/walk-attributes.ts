// Attributes of candidates become values here; those of healthy records are only looked at.
// common/v1: KeyValue 1 key, 2 value. AnyValue (oneof) 1 string, 2 bool, 3 int, 4 double, 5 array, 6 kvlist, 7 bytes.
// ArrayValue 1 values. KeyValueList 1 values.
import type { AttributeValue } from './candidate.ts';
import { isEventNameKeyAt, isExceptionKeyAt, isExceptionNameAt, STACKTRACE_KEY } from './exception-names.ts';
import { isKept, MAX_DEPTH, MAX_MEMBERS } from './kept-attributes.ts';
import { KeyTexts } from './key-texts.ts';
import type { ProtobufReader } from './protobuf-reader.ts';
import { CUT_MARK, MAX_KEY_BYTES, MAX_STACK_BYTES, MAX_TEXT_BYTES, textAt } from './text-limits.ts';

const KEY = 0x0a;
const VALUE = 0x12;

const STRING = 0x0a;
const BOOL = 0x10;
const INT = 0x18;
const DOUBLE = 0x21;
const ARRAY = 0x2a;
const KVLIST = 0x32;
const BYTES = 0x3a;

const MEMBER = 0x0a;

interface Limits {
  readonly maxTextBytes: number;
  readonly depth: number;
}

const TEXT: Limits = { maxTextBytes: MAX_TEXT_BYTES, depth: 0 };
const STACK: Limits = { maxTextBytes: MAX_STACK_BYTES, depth: 0 };

const keyTexts = new KeyTexts();

/** Leaves the reader anywhere within the attribute. */
export function isExceptionAttribute(reader: ProtobufReader, end: number): boolean {
  let found = false;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === KEY) {
      const to = reader.fieldEnd(end);
      found = isExceptionKeyAt(reader.bytes, reader.pos, to);
      reader.pos = to;
    } else reader.skip(tag, end);
  }
  return found;
}

/** The deprecated attribute `event.name` with the name of an exception. */
export function isExceptionEventName(reader: ProtobufReader, end: number): boolean {
  const { key, value } = keyValueAt(reader, end);
  if (!isEventNameKeyAt(reader.bytes, key.from, key.to)) return false;
  let found = false;
  reader.pos = value.from;
  while (reader.pos < value.to) {
    const tag = reader.tag(value.to);
    if (tag === STRING) {
      const to = reader.fieldEnd(value.to);
      found = isExceptionNameAt(reader.bytes, reader.pos, to);
      reader.pos = to;
    } else reader.skip(tag, value.to);
  }
  return found;
}

/** Reads one KeyValue up to `end`. */
export function readAttribute(reader: ProtobufReader, end: number, attributes: Map<string, AttributeValue>): void {
  const { key, value } = keyValueAt(reader, end);
  const name = keyText(reader, key);
  if (isKept(attributes, name)) {
    reader.pos = value.from;
    attributes.set(name, readAnyValue(reader, value.to, name === STACKTRACE_KEY ? STACK : TEXT));
  }
  reader.pos = end;
}

/** Reads one AnyValue up to `end`. Bytes and texts are copies: they pin no part of the request. */
export function readAnyValue(reader: ProtobufReader, end: number, limits: Limits = TEXT): AttributeValue {
  let value: AttributeValue;
  while (reader.pos < end) {
    const tag = reader.tag(end);
    switch (tag) {
      case STRING: {
        const to = reader.fieldEnd(end);
        value = textAt(reader.bytes, { from: reader.pos, to }, limits.maxTextBytes);
        reader.pos = to;
        break;
      }
      case BOOL:
        value = reader.bool(end);
        break;
      case INT:
        value = reader.int64(end);
        break;
      case DOUBLE:
        value = reader.double(end);
        break;
      case ARRAY:
        value = nested(reader, reader.fieldEnd(end), { limits, read: readArray });
        break;
      case KVLIST:
        value = nested(reader, reader.fieldEnd(end), { limits, read: readKeyValueList });
        break;
      case BYTES: {
        const to = reader.fieldEnd(end);
        value = new Uint8Array(reader.bytes.subarray(reader.pos, Math.min(to, reader.pos + MAX_TEXT_BYTES)));
        reader.pos = to;
        break;
      }
      default:
        reader.skip(tag, end);
    }
  }
  return value;
}

interface Nesting {
  readonly limits: Limits;
  readonly read: (reader: ProtobufReader, end: number, limits: Limits) => AttributeValue;
}

function nested(reader: ProtobufReader, end: number, { limits, read }: Nesting): AttributeValue {
  if (limits.depth < MAX_DEPTH) return read(reader, end, { ...limits, depth: limits.depth + 1 });
  reader.pos = end;
  return CUT_MARK;
}

function readArray(reader: ProtobufReader, end: number, limits: Limits): AttributeValue {
  const members: AttributeValue[] = [];
  eachMember(reader, end, (to) => {
    if (members.length < MAX_MEMBERS) members.push(readAnyValue(reader, to, limits));
  });
  return members;
}

function readKeyValueList(reader: ProtobufReader, end: number, limits: Limits): AttributeValue {
  const members: [string, AttributeValue][] = [];
  eachMember(reader, end, (to) => {
    if (members.length >= MAX_MEMBERS) return;
    const { key, value } = keyValueAt(reader, to);
    reader.pos = value.from;
    members.push([keyText(reader, key), readAnyValue(reader, value.to, limits)]);
  });
  // fromEntries defines own properties, so that a key `__proto__` is only a key.
  return Object.fromEntries(members);
}

function eachMember(reader: ProtobufReader, end: number, visit: (to: number) => void): void {
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === MEMBER) {
      const to = reader.fieldEnd(end);
      visit(to);
      reader.pos = to;
    } else reader.skip(tag, end);
  }
}

function keyText({ bytes }: ProtobufReader, range: Range): string {
  return keyTexts.at(bytes, range, () => textAt(bytes, range, MAX_KEY_BYTES));
}

interface Range {
  from: number;
  to: number;
}

/** Where key and value stand; an absent one is empty, of a repeated one the last counts. */
function keyValueAt(reader: ProtobufReader, end: number): { readonly key: Range; readonly value: Range } {
  const key = { from: end, to: end };
  const value = { from: end, to: end };
  while (reader.pos < end) {
    const tag = reader.tag(end);
    if (tag === KEY || tag === VALUE) {
      const range = tag === KEY ? key : value;
      range.to = reader.fieldEnd(end);
      range.from = reader.pos;
      reader.pos = range.to;
    } else reader.skip(tag, end);
  }
  return { key, value };
}
