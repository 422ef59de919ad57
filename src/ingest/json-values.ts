// AnyValue and scalars of OTLP's JSON mapping (specification.md, JSON Protobuf Encoding): 64-bit integers as text or
// number, doubles also as "NaN" and "Infinity", bytes as base64, enums as numbers (names are let pass). What has the
// wrong type counts as absent, except where whole records would be lost by it.
import { Failure } from '../failure.ts';
import type { AttributeValue } from './candidate.ts';
import { isExceptionKey, STACKTRACE_KEY } from './exception-names.ts';
import { isKept, MAX_DEPTH, MAX_MEMBERS } from './kept-attributes.ts';
import { exactInteger } from './protobuf-reader.ts';
import { CUT_MARK, keptText, MAX_KEY_BYTES, MAX_STACK_BYTES, MAX_TEXT_BYTES } from './text-limits.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws MALFORMED when it is there and no array. */
export function arrayAt(object: JsonObject, name: string): readonly unknown[] {
  const value = object[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Failure('MALFORMED', `${name} is not an array`, { field: name });
  return value;
}

/** The objects of an array. Throws MALFORMED when there is anything else in it. */
export function objectsAt(object: JsonObject, name: string): readonly JsonObject[] {
  const values = arrayAt(object, name);
  for (const value of values) {
    if (!isObject(value))
      throw new Failure('MALFORMED', `${name} holds something that is not an object`, { field: name });
  }
  return values as readonly JsonObject[];
}

/** Throws MALFORMED when it is there and no object. */
export function objectAt(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw new Failure('MALFORMED', `${name} is not an object`, { field: name });
  return value;
}

export function rawTextAt(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === 'string' ? value : '';
}

export function textFieldAt(object: JsonObject, name: string): string {
  return keptText(rawTextAt(object, name), MAX_TEXT_BYTES);
}

export function nanosAt(object: JsonObject, name: string): bigint {
  const value = toBigInt(object[name]);
  return value !== undefined && value >= 0n && value <= UINT64_MAX ? value : 0n;
}

/** A number, its text, or one of `names`, whose place in the list is its number. */
export function enumAt(object: JsonObject, name: string, names: readonly string[]): number {
  const value = object[name];
  if (typeof value === 'string') {
    const number = names.indexOf(value);
    if (number >= 0) return number;
  }
  const number = toBigInt(value);
  return number === undefined ? 0 : Number(BigInt.asIntN(32, number));
}

export function attributesAt(object: JsonObject): ReadonlyMap<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const { key, value } of keyValuesOf(arrayAt(object, 'attributes'))) {
    const name = keptText(key, MAX_KEY_BYTES);
    if (isKept(attributes, name)) attributes.set(name, toAnyValue(value, { depth: 0, maxBytes: maxBytesOf(name) }));
  }
  return attributes;
}

export function bodyAt(object: JsonObject): AttributeValue {
  return toAnyValue(object['body'], { depth: 0, maxBytes: MAX_TEXT_BYTES });
}

export interface KeyValue {
  readonly key: string;
  readonly value: unknown;
}

/** What is no object is left out. */
export function keyValuesOf(values: readonly unknown[]): readonly KeyValue[] {
  return values.filter(isObject).map((entry) => ({ key: rawTextAt(entry, 'key'), value: entry['value'] }));
}

export function hasExceptionKey(keyValues: readonly KeyValue[]): boolean {
  return keyValues.some(({ key }) => isExceptionKey(key));
}

interface Limits {
  readonly depth: number;
  readonly maxBytes: number;
}

function maxBytesOf(key: string): number {
  return key === STACKTRACE_KEY ? MAX_STACK_BYTES : MAX_TEXT_BYTES;
}

function toAnyValue(value: unknown, limits: Limits): AttributeValue {
  if (!isObject(value)) return undefined;
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } = value;
  if (typeof stringValue === 'string') return keptText(stringValue, limits.maxBytes);
  if (typeof boolValue === 'boolean') return boolValue;
  if (intValue !== undefined) return toInt64(intValue);
  if (doubleValue !== undefined) return toDouble(doubleValue);
  if (isObject(arrayValue)) return nested(limits, (deeper) => toArray(arrayValue, deeper));
  if (isObject(kvlistValue)) return nested(limits, (deeper) => toKeyValueList(kvlistValue, deeper));
  if (typeof bytesValue === 'string') return toBytes(bytesValue);
  return undefined;
}

function nested(limits: Limits, read: (deeper: Limits) => AttributeValue): AttributeValue {
  return limits.depth < MAX_DEPTH ? read({ ...limits, depth: limits.depth + 1 }) : CUT_MARK;
}

function toArray(array: JsonObject, limits: Limits): AttributeValue {
  return arrayAt(array, 'values')
    .slice(0, MAX_MEMBERS)
    .map((member) => toAnyValue(member, limits));
}

function toKeyValueList(list: JsonObject, limits: Limits): AttributeValue {
  const members = keyValuesOf(arrayAt(list, 'values').slice(0, MAX_MEMBERS));
  // fromEntries defines own properties, so that a key `__proto__` is only a key.
  return Object.fromEntries(members.map(({ key, value }) => [keptText(key, MAX_KEY_BYTES), toAnyValue(value, limits)]));
}

function toBytes(base64: string): Uint8Array {
  // Four characters are three bytes.
  const kept = base64.slice(0, Math.ceil(MAX_TEXT_BYTES / 3) * 4);
  return new Uint8Array(Buffer.from(kept, 'base64').subarray(0, MAX_TEXT_BYTES));
}

function toInt64(value: unknown): AttributeValue {
  const integer = toBigInt(value);
  return integer === undefined || integer < INT64_MIN || integer > INT64_MAX ? undefined : exactInteger(integer);
}

function toBigInt(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function toDouble(value: unknown): AttributeValue {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  if (value === 'NaN') return Number.NaN;
  const number = Number(value);
  // Number('') is 0; texts that are no number are none.
  return value.trim() === '' || Number.isNaN(number) ? undefined : number;
}
