// The REST calls, with the session's cookie. Every no is a Problem with the code that the server gave.
import { heard, keepAnswer, lastAnswer, unheard } from './last-answers.ts';
import { company, signedOut } from './session.ts';

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export class Problem extends Error {
  /** 0: no answer came. */
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
  }
}

/** These are the same for all companies, and refuse to be told of one. */
const OF_ALL_COMPANIES = /^\/(?:admin\/session|api\/me)$/;

/**
 * Throws Problem; an aborted call throws the signal's reason. Undefined values of the query are left out. While nothing
 * answers, it is the last answer to the same question.
 */
export async function get<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  const address = addressOf(path, query);
  try {
    const answer = await call<Answer>(address, { method: 'GET', signal: signal ?? null });
    // Pages far down are large, and nobody comes back to them.
    if (query['cursor'] === undefined) keepAnswer(address, answer);
    return answer;
  } catch (cause) {
    const last = cause instanceof Problem && cause.status === 0 ? lastAnswer(address) : undefined;
    if (last === undefined) throw cause;
    return last as Answer;
  }
}

/** Whether Errata answers; where the session is over, this leads to the sign-in form. */
export async function isThere(): Promise<boolean> {
  return call('/api/me', { method: 'GET' }).then(
    () => true,
    (cause: unknown) => cause instanceof Problem && cause.status !== 0,
  );
}

/** Throws Problem. */
export async function post<Answer>(path: string, body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
  return call<Answer>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-errata-page': '1' },
    body: JSON.stringify({ ...body, ...companyOf(path) }),
  });
}

export async function signOut(): Promise<void> {
  await call('/admin/session', { method: 'DELETE', headers: { 'x-errata-page': '1' } });
  signedOut();
}

/** For EventSource, which takes an address only. */
export function addressOf(path: string, query: Query): string {
  return `${path}${searchOf({ ...query, ...companyOf(path) })}`;
}

async function call<Answer>(address: string, init: RequestInit): Promise<Answer> {
  const response = await fetch(address, { ...init, credentials: 'same-origin' }).catch((cause: unknown) => {
    if (init.signal?.aborted === true) throw cause;
    throw noAnswer();
  });
  // What is between here and Errata says this for it, and without its codes.
  const isOfErrata = response.status < 502 || (response.headers.get('content-type') ?? '').includes('json');
  if (!isOfErrata) throw noAnswer();
  heard();
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Answer;
  const { code = 'INTERNAL', detail = response.statusText } = (await response.json().catch(() => ({}))) as {
    code?: string;
    detail?: string;
  };
  if (response.status === 401) signedOut();
  throw new Problem(response.status, code, detail);
}

function noAnswer(): Problem {
  unheard();
  return new Problem(0, 'NO_ANSWER', 'Errata does not answer: it is stopped, or the network is away');
}

function companyOf(path: string): Query {
  return company.value === undefined || OF_ALL_COMPANIES.test(path) ? {} : { company_id: company.value };
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  return search.size === 0 ? '' : `?${search}`;
}
