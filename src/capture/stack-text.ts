// The stack of an error with its causes, laid out as Node prints it: the pipeline finds the root cause in `[cause]:`.
// util.inspect is not used: it also prints every property of the error, and those hold requests, sockets and secrets.

import { types } from 'node:util';

/** A chain longer than this says nothing new; it also ends cycles that go through different objects. */
const MAX_DEPTH = 8;
/** An AggregateError has one error for each address tried; the first few say it all. */
const MAX_AGGREGATED = 5;

/** Errors of another realm (vm, some test runners) are no instances of this one's class. */
export function isError(value: unknown): value is Error {
  return value instanceof Error || types.isNativeError(value);
}

export function stackTextOf(error: Error): string {
  return describe(error, new Set());
}

/** The name an error is known by: what its stack says before the first colon is not reliable, its class may be minified. */
export function typeNameOf(error: unknown): string {
  if (!isError(error)) return error === null ? 'null' : typeof error;
  const className = error.constructor.name;
  return error.name === 'Error' && className !== '' ? className : error.name;
}

/** AggregateError of a refused connection has no message, only a code. */
export function messageOf(error: unknown): string {
  if (typeof error === 'string') return error;
  const holdsMessage = typeof error === 'object' && error !== null && 'message' in error;
  if (holdsMessage && typeof error.message === 'string' && error.message !== '') return error.message;
  if (!isError(error)) return `a value that is no Error was thrown`;
  const code = codeOf(error);
  return code === undefined ? typeNameOf(error) : `${typeNameOf(error)} ${code}`;
}

/** `ECONNREFUSED`, `57P03`, ...: what a driver or the system calls the failure. */
export function codeOf(error: unknown): string | undefined {
  if (!isError(error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' || typeof error.code === 'number' ? String(error.code) : undefined;
}

function describe(error: Error, seen: Set<unknown>): string {
  seen.add(error);
  const own = typeof error.stack === 'string' && error.stack !== '' ? error.stack : `${error.name}: ${error.message}`;
  if (seen.size > MAX_DEPTH) return own;
  const inner: string[] = [];
  if (error instanceof AggregateError) {
    const list = error.errors.slice(0, MAX_AGGREGATED).map((one) => indent(describeAny(one, seen), 4));
    if (list.length > 0) inner.push(`  [errors]: [\n${list.map((one) => `    ${one}`).join(',\n')}\n  ]`);
  }
  if (error.cause !== undefined && error.cause !== null)
    inner.push(`  [cause]: ${indent(describeAny(error.cause, seen), 2)}`);
  return inner.length === 0 ? own : `${own} {\n${inner.join(',\n')}\n}`;
}

function describeAny(value: unknown, seen: Set<unknown>): string {
  if (seen.has(value)) return '[Circular]';
  if (isError(value)) return describe(value, seen);
  return typeof value === 'string' ? `'${value}'` : `[${typeNameOf(value)}]`;
}

function indent(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`);
}
