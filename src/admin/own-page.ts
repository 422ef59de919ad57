// A change must come from this page and from no other one, also not from one of another port of this machine, which
// SameSite lets through. Browsers tell where a request comes from in Origin, and only a page of the same origin can add a
// header of its own without being asked first (Fetch standard, CORS-preflight).
import { Failure } from '../failure.ts';

interface Headers {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly [name: string]: string | readonly string[] | undefined;
}

/** The page sends it with each change. */
const HEADER = 'x-errata-page';

/** Throws FORBIDDEN. `publicUrl`: where a proxy serves the page under another name than it asks us by. */
export function requireOwnPage(headers: Headers, publicUrl: string | undefined): void {
  const { host, origin } = headers;
  const site = headers['sec-fetch-site'];
  const isOwn =
    origin !== undefined &&
    (hostOf(origin) === host || (publicUrl !== undefined && origin === new URL(publicUrl).origin));
  if (!isOwn || headers[HEADER] === undefined || (site !== undefined && site !== 'same-origin')) {
    throw new Failure('FORBIDDEN', 'changes are taken from the admin page only; programs use the REST address');
  }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
