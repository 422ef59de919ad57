// Without tokens, loopback is the only guard, and a web page in the user's browser stands behind it too. A name that was
// rebound to 127.0.0.1 shows in Host, a page of another site in Origin.
import { Failure } from '../failure.ts';

interface Named {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
}

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Throws FORBIDDEN for whoever is not on this machine, and for pages of other sites. */
export function requireLocalCaller({ host, origin }: Named): void {
  if (host === undefined || !LOOPBACK.test(host)) {
    throw new Failure('FORBIDDEN', 'without tokens this server answers to localhost only: see `errata token create`');
  }
  refuseForeignPage(origin);
}

/** Throws FORBIDDEN for pages of other sites. For senders, whose Host may be another name of this machine (a container's). */
export function refuseForeignPage(origin: string | undefined): void {
  if (origin !== undefined && !LOOPBACK.test(origin.replace(/^https?:\/\//i, ''))) {
    throw new Failure('FORBIDDEN', 'without tokens this server answers no web page of another site');
  }
}
