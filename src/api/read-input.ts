// From path, query and body to an operation's input. Text of a query becomes what the operation's schema asks for; what
// does not fit stays text, so that the schema refuses it and names the field.
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Operation, StreamOperation } from '../operations/operation.ts';
import { InvalidInput } from '../operations/invalid-input.ts';

type Form = 'number' | 'boolean' | 'list' | 'text';

interface Placed {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly operation: Operation | StreamOperation;
}

/** Reads the schema once; the returned function does the work for each request. */
export function createInputReader(route: Placed): (request: FastifyRequest) => Record<string, unknown> {
  const forms = formsOf(route.operation.input);
  const inPath = pathFields(route.path);
  return (request) => {
    const rest = route.method === 'GET' ? readQuery(request.query, forms) : readBody(request);
    for (const field of inPath) {
      if (Object.hasOwn(rest, field)) throw new InvalidInput([{ field, message: 'is given by the path' }]);
    }
    return { ...rest, ...asRecord(request.params) };
  };
}

export function pathFields(path: string): readonly string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => name ?? '');
}

function readQuery(query: unknown, forms: ReadonlyMap<string, Form>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(asRecord(query)).map(([name, value]) => [name, read(value, forms.get(name))]),
  );
}

function read(value: unknown, form: Form | undefined): unknown {
  if (form === 'list') return (Array.isArray(value) ? value : [value]).flatMap((part) => String(part).split(','));
  if (typeof value !== 'string') return value;
  if (form === 'number' && /^-?\d{1,15}$/.test(value)) return Number(value);
  if (form === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

/** A command may come without a body; a query string on it is a mistake that must not go unseen. */
function readBody(request: FastifyRequest): Record<string, unknown> {
  const stray = Object.keys(asRecord(request.query));
  if (stray.length > 0) {
    throw new InvalidInput(stray.map((field) => ({ field, message: 'belongs into the body, not into the query' })));
  }
  const { body } = request;
  if (body === undefined || body === null) return {};
  if (typeof body !== 'object' || Array.isArray(body)) {
    throw new InvalidInput([{ field: '', message: 'must be a JSON object' }]);
  }
  return asRecord(body);
}

function formsOf(input: z.ZodObject): ReadonlyMap<string, Form> {
  const { properties = {} } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  return new Map(Object.entries(properties).map(([name, schema]) => [name, formOf(schema)]));
}

function formOf(schema: z.core.JSONSchema._JSONSchema): Form {
  if (typeof schema === 'boolean') return 'text';
  if (schema.anyOf?.some((option) => formOf(option) === 'list')) return 'list';
  if (schema.type === 'array') return 'list';
  if (schema.type === 'integer' || schema.type === 'number') return 'number';
  return schema.type === 'boolean' ? 'boolean' : 'text';
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
