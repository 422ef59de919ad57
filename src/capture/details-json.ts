// Details come from the host and may be anything: cycles, getters that throw, sockets. What leaves is a JSON object of
// bounded size, so that one careless call can neither break the host nor fill the queue.

import { isError } from './stack-text.ts';

const MAX_DEPTH = 6;
const MAX_KEYS = 100;
const MAX_TEXT = 4096;
/** The whole of it; beyond, the pipeline would cut it anyway. */
const MAX_JSON = 32_768;

export function detailsJson(details: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(plain(details, []));
  if (json.length <= MAX_JSON) return json;
  return JSON.stringify({ truncated: true, beginning: json.slice(0, MAX_TEXT) });
}

function plain(value: unknown, path: readonly unknown[]): unknown {
  switch (typeof value) {
    case 'string':
      return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
    case 'symbol':
      return String(value);
    case 'function':
      return '[function]';
    case 'object':
      return value === null ? null : plainObject(value, path);
    case 'boolean':
    case 'undefined':
      return value;
  }
}

function plainObject(value: object, path: readonly unknown[]): unknown {
  if (path.includes(value)) return '[circular]';
  if (path.length >= MAX_DEPTH) return '[too deep]';
  const deeper = [...path, value];
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (isError(value)) return { type: value.name, message: plain(value.message, deeper) };
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MAX_KEYS).map((one) => plain(one, deeper) ?? null);
  if (value instanceof Set) return plain([...value].slice(0, MAX_KEYS), path);
  const source = value instanceof Map ? Object.fromEntries(value) : value;
  return Object.fromEntries(
    Object.keys(source)
      .slice(0, MAX_KEYS)
      .map((key) => [key, plainProperty(source, key, deeper)]),
  );
}

function plainProperty(source: object, key: string, path: readonly unknown[]): unknown {
  try {
    return plain(Reflect.get(source, key), path);
  } catch {
    // A getter of the host that throws is the host's affair: the other details still go out.
    return '[unreadable]';
  }
}
