// details: what the sender knew beside the columns, redacted and bounded. Own words of the capture library first, then the
// attributes of the event, its span, its resource: where two have one key, the nearest wins.
import type { AttributeValue } from '../ingest/candidate.ts';
import { textOf, toJsonValue } from './attribute-values.ts';
import { cleanText, cutEnd } from './clean-text.ts';
import type { Details, JsonValue } from './error-event.ts';
import type { Occurrence } from './occurrence.ts';
import type { Redactor } from './redact.ts';

export const MAX_KEYS = 100;
const MAX_KEY_CHARS = 256;
const MAX_VALUE_CHARS = 8 * 1024;
const MAX_TOTAL_CHARS = 64 * 1024;

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

export function detailsOf(occurrence: Occurrence, redactor: Redactor): Details {
  return boundDetails(entriesOf(occurrence), redactor);
}

/** The first of several equal keys wins; everything over a bound is dropped and counted. */
export function boundDetails(entries: Iterable<readonly [string, JsonValue]>, redactor: Redactor): Details {
  const kept = new Map<string, JsonValue>();
  let total = 0;
  let dropped = 0;
  for (const [rawKey, raw] of entries) {
    if (kept.size >= MAX_KEYS) {
      dropped += 1;
      continue;
    }
    const key = redactor.text(cutEnd(cleanText(rawKey), MAX_KEY_CHARS));
    if (kept.has(key)) continue;
    const value = boundValue(redactor.value(rawKey, raw));
    const size = key.length + sizeOf(value);
    if (total + size > MAX_TOTAL_CHARS) {
      dropped += 1;
      continue;
    }
    total += size;
    kept.set(key, value);
  }
  if (dropped > 0) kept.set(DROPPED, dropped);
  return Object.fromEntries(kept);
}

function* entriesOf(occurrence: Occurrence): Iterable<readonly [string, JsonValue]> {
  for (const attributes of occurrence.attributes)
    yield* Object.entries(ownDetails(textOf(attributes, 'errata.details')));
  for (const attributes of occurrence.attributes) {
    for (const [key, value] of attributes) if (!promoted.has(key)) yield [key, toJsonValue(value)];
  }
  yield* occurrence.details;
  yield* occurrence.facts.details;
}

/** The capture library sends nested details as one JSON text; anything else under that key is kept as it is. */
function ownDetails(text: string): Details {
  if (text === '') return {};
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
