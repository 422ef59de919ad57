// Who is at the page: the holder of the session in the cookie, or the local user while there are no tokens. A token in the
// Authorization header counts for nothing here: programs have a door of their own.
import type { IncomingHttpHeaders } from 'node:http';
import { requireLocalCaller } from '../access/local-caller.ts';
import { requireScope } from '../access/principal.ts';
import type { Principal } from '../access/principal.ts';
import type { Sessions } from '../access/sessions.ts';
import type { AuthenticateFrom } from '../access/wrong-tokens.ts';
import { Failure } from '../failure.ts';
import { sessionCookie } from './session-cookie.ts';

interface GuardParts {
  readonly authenticate: AuthenticateFrom;
  readonly sessions: Sessions;
}

/** The verbs return what Set-Cookie says; undefined: it stays as it is. */
export interface Guard {
  /** Throws UNAUTHENTICATED. */
  identify(headers: IncomingHttpHeaders): Principal;
  /** Throws UNAUTHENTICATED, FORBIDDEN without the scope `read`, RATE_LIMITED for a wrong token after many. */
  signIn(token: string, caller: { readonly headers: IncomingHttpHeaders; readonly ip: string }): string | undefined;
  /** Throws FORBIDDEN. */
  signOut(headers: IncomingHttpHeaders): string;
  renew(headers: IncomingHttpHeaders): string | undefined;
}

export function createGuard(publicUrl: string | undefined, { authenticate, sessions }: GuardParts): Guard {
  const cookie = sessionCookie({ secure: publicUrl?.startsWith('https:') === true });

  function holderOf(headers: IncomingHttpHeaders): Principal | undefined {
    const session = cookie.read(headers.cookie);
    return session === undefined ? undefined : sessions.find(session);
  }

  /** While there are no tokens, everybody on this machine is the local user. */
  function isOpenHouse(): boolean {
    try {
      return authenticate(undefined).tokenId === 'local';
    } catch {
      return false;
    }
  }

  return {
    identify: (headers) => holderOf(headers) ?? authenticate(undefined),
    signIn(token, { headers, ip }) {
      const principal = authenticate(`Bearer ${token}`, ip);
      if (principal.tokenId === 'local') {
        requireLocalCaller(headers);
        return undefined;
      }
      // Without it the page could show nothing.
      requireScope(principal, 'read');
      const session = sessions.open(token);
      if (session === undefined) throw new Failure('UNAUTHENTICATED', 'this token is unknown, expired or revoked');
      return cookie.write(session);
    },
    signOut(headers) {
      if (isOpenHouse()) requireLocalCaller(headers);
      const session = cookie.read(headers.cookie);
      if (session !== undefined) sessions.end(session);
      return cookie.clear();
    },
    renew(headers) {
      const session = cookie.read(headers.cookie);
      const renewed = session === undefined ? undefined : sessions.renew(session);
      return renewed === undefined ? undefined : cookie.write(renewed);
    },
  };
}
