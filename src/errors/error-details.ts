// details: what the sender knew beside the columns, redacted and bounded. Own words of the capture library first, then the
// attributes of the event, its span, its resource: where two have one key, the nearest wins.
import type { AttributeValue } from '../ingest/candidate.ts';
import { textOf, toJsonValue } from './attribute-values.ts';
import { cleanText, cutEnd } from './clean-text.ts';
import type { Details, JsonValue } from './error-event.ts';
import type { Occurrence } from './occurrence.ts';
import { RecentMap } from './recent-map.ts';
import type { Redactor } from './redact.ts';

const MAX_KEYS = 100;
const MAX_KEY_CHARS = 256;
const MAX_VALUE_CHARS = 8 * 1024;
const MAX_TOTAL_CHARS = 64 * 1024;

/** Attribute keys come from instrumentation and are few. */
const MAX_KNOWN_KEYS = 5_000;

/** How many were left out. */
const DROPPED = 'errata.details_dropped';

/** These have columns or were read already. */
const promoted = new Set([
  'company.id',
  'code.stacktrace',
  'error.fingerprint',
  'error.message',
  'errata.details',
  'errata.error_type',
  'errata.handled',
  'errata.severity',
  'exception.escaped',
  'exception.message',
  'exception.stacktrace',
  'exception.type',
]);

export type DetailsOf = (occurrence: Occurrence) => Details;

export function createDetailsBuilder(redactor: Redactor): DetailsOf {
  const shownKeys = new RecentMap<string, string>({ maxEntries: MAX_KNOWN_KEYS });

  const shownKey = (raw: string): string => {
    const known = shownKeys.get(raw);
    if (known !== undefined) return known;
    const shown = redactor.text(cutEnd(cleanText(raw), MAX_KEY_CHARS));
    if (raw.length <= MAX_KEY_CHARS) shownKeys.set(raw, shown);
    return shown;
  };

  return (occurrence) => {
    const kept: Record<string, JsonValue> = {};
    let count = 0;
    let total = 0;
    let dropped = 0;
    const add = (rawKey: string, raw: JsonValue): void => {
      const key = shownKey(rawKey);
      if (Object.hasOwn(kept, key)) return;
      const value = count < MAX_KEYS ? boundValue(redactor.value(rawKey, raw)) : '';
      const size = key.length + sizeOf(value);
      if (count >= MAX_KEYS || total + size > MAX_TOTAL_CHARS) {
        dropped += 1;
        return;
      }
      count += 1;
      total += size;
      setOwn(kept, key, value);
    };
    eachDetail(occurrence, add);
    if (dropped > 0) kept[DROPPED] = dropped;
    return kept;
  };
}

/** A key `__proto__` is only a key. */
function setOwn(target: Record<string, JsonValue>, key: string, value: JsonValue): void {
  if (key !== '__proto__') target[key] = value;
  else Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

/** In the order of nearness: of several equal keys the first wins. */
function eachDetail(occurrence: Occurrence, add: (key: string, value: JsonValue) => void): void {
  for (const attributes of occurrence.attributes) {
    const own = textOf(attributes, 'errata.details');
    if (own !== '') for (const [key, value] of Object.entries(ownDetails(own))) add(key, value);
  }
  for (const attributes of occurrence.attributes) {
    for (const [key, value] of attributes) if (!promoted.has(key)) add(key, toJsonValue(value));
  }
  for (const [key, value] of occurrence.details) add(key, value);
  for (const [key, value] of occurrence.facts.details) add(key, value);
}

/** The capture library sends nested details as one JSON text; anything else under that key is kept as it is. */
function ownDetails(text: string): Details {
  try {
    const parsed = toJsonValue(JSON.parse(text) as AttributeValue);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Details;
  } catch {
    // Not JSON: shown as the text it is.
  }
  return { details: text };
}

function boundValue(value: JsonValue): JsonValue {
  if (typeof value === 'string') return cutEnd(value, MAX_VALUE_CHARS);
  return sizeOf(value) > MAX_VALUE_CHARS ? cutEnd(JSON.stringify(value), MAX_VALUE_CHARS) : value;
}

function sizeOf(value: JsonValue): number {
  if (typeof value === 'string') return value.length;
  return typeof value === 'object' && value !== null ? JSON.stringify(value).length : 8;
}
