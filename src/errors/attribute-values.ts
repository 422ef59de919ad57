// Reading OpenTelemetry's AnyValue as what a column or a detail needs.
import type { Attributes, AttributeValue } from '../ingest/candidate.ts';
import { cleanText } from './clean-text.ts';
import type { JsonValue } from './error-event.ts';

/** Deeper than this a value is telling nothing to a reader; the wire decoder allows more. */
const MAX_DEPTH = 8;
/** Members per array or map. */
const MAX_MEMBERS = 200;
/** Four times what a detail keeps: no secret is halved by this cut and then shown. */
const MAX_TEXT_CHARS = 32 * 1024;

/** '' when absent. Numbers and booleans as written; anything nested as JSON. */
export function textOf(attributes: Attributes, key: string): string {
  return toText(attributes.get(key));
}

/** The first of the maps that has it. */
export function firstText(maps: readonly Attributes[], key: string, olderKey?: string): string {
  for (const attributes of maps) {
    const text = toText(attributes.get(key));
    if (text !== '') return text;
  }
  return olderKey === undefined ? '' : firstText(maps, olderKey);
}

/** undefined when absent or no whole number. */
export function integerOf(value: AttributeValue): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  return undefined;
}

export function toText(value: AttributeValue): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  if (typeof value === 'object') return JSON.stringify(toJsonValue(value));
  return String(value);
}

/** Clean and bounded; never throws: parts too deep are replaced by a mark, what JSON cannot hold becomes text. */
export function toJsonValue(value: AttributeValue | null, depth = 0): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return toNested(value, depth);
  if (typeof value === 'string')
    return cleanText(value.length > MAX_TEXT_CHARS ? value.slice(0, MAX_TEXT_CHARS) : value);
  if (typeof value === 'boolean' || Number.isFinite(value)) return value as boolean | number;
  return String(value);
}

function toNested(value: Exclude<AttributeValue, undefined> & object, depth: number): JsonValue {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (depth >= MAX_DEPTH) return '…[cut]';
  if (isArray(value)) return value.slice(0, MAX_MEMBERS).map((member) => toJsonValue(member, depth + 1));
  // fromEntries defines own properties, so that a key `__proto__` is only a key.
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_MEMBERS)
      .map(([key, member]) => [cleanText(key), toJsonValue(member, depth + 1)]),
  );
}

/** Array.isArray does not narrow readonly arrays. */
function isArray(value: object): value is readonly AttributeValue[] {
  return Array.isArray(value);
}
