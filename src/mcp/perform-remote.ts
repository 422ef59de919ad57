// Operations of a processor that runs elsewhere, through its REST API, with the token's rights there.
import * as z from 'zod';
import { Failure, failures } from '../failure.ts';
import type { FailureCode } from '../failure.ts';
import { InvalidInput } from '../operations/invalid-input.ts';
import type { PerformFor } from './caller.ts';
import type { RemoteSettings } from './remote-settings.ts';

/** Where an operation answers; `:name` in `path` is the input field of that name. */
export interface RemoteRoute {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly operation: { readonly name: string };
}

interface Remote extends Pick<RemoteSettings, 'url' | 'token'> {
  readonly routes: readonly RemoteRoute[];
}

/** Under the minute after which MCP clients give up. */
const TIMEOUT_MS = 45_000;

const problem = z.object({
  code: z.enum(Object.keys(failures) as [FailureCode, ...FailureCode[]]),
  detail: z.string(),
  field: z.string().optional(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
});

/** Throws what the operation throws there, and STORE_UNAVAILABLE when the processor does not answer. */
export function createRemote({ url, token, routes }: Remote): PerformFor {
  return async (operation, input, traceparent) => {
    const route = routes.find((candidate) => candidate.operation.name === operation.name);
    if (route === undefined) throw new Failure('INTERNAL', `no route leads to ${operation.name}`);
    const { path, rest } = place(route.path, input);
    const query = route.method === 'GET' ? toQuery(rest) : '';
    const response = await send(`${url}${path}${query}`, {
      method: route.method,
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(traceparent === undefined ? {} : { traceparent }),
        ...(route.method === 'POST' ? { 'content-type': 'application/json' } : {}),
      },
      ...(route.method === 'POST' ? { body: JSON.stringify(rest) } : {}),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw failureIn(response.status, response.body);
    return operation.output.parse(response.body);
  };
}

async function send(url: string, init: RequestInit): Promise<{ ok: boolean; status: number; body: unknown }> {
  try {
    const response = await fetch(url, init);
    return { ok: response.ok, status: response.status, body: await response.json() };
  } catch (cause) {
    throw new Failure('STORE_UNAVAILABLE', `no answer from the processor at ${new URL(url).origin}`, { cause });
  }
}

function place(
  path: string,
  input: Readonly<Record<string, unknown>>,
): { path: string; rest: Record<string, unknown> } {
  const rest = { ...input };
  const placed = path.replaceAll(/:(\w+)/g, (_match, name: string) => {
    const value = rest[name];
    delete rest[name];
    return encodeURIComponent(text(value));
  });
  return { path: placed, rest };
}

function toQuery(input: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined) query.set(name, Array.isArray(value) ? value.join(',') : text(value));
  }
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** Inputs of a GET are text, numbers, yes and no, and lists of these. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function failureIn(status: number, body: unknown): Failure {
  const parsed = problem.safeParse(body);
  if (!parsed.success) return new Failure('INTERNAL', `the processor answered ${status}, and not as Errata does`);
  const { code, detail, field, errors } = parsed.data;
  if (code === 'INVALID_INPUT' && errors !== undefined) return new InvalidInput(errors);
  return new Failure(code, detail, field === undefined ? {} : { field });
}
