// The session in a cookie that no script can read and no other site can make a browser send (RFC 6265bis).
import { IDLE_MS } from '../access/sessions.ts';

/** Over https browsers take the prefixed name from this host alone, and only for all its paths: nobody can plant one. */
const NAMES = { plain: 'errata_session', secure: '__Host-errata_session' } as const;

interface CookieSettings {
  /** Browsers reach the page over https. */
  readonly secure: boolean;
}

export interface SessionCookie {
  read(cookieHeader: string | undefined): string | undefined;
  /** For Set-Cookie. */
  write(session: string): string;
  clear(): string;
}

export function sessionCookie({ secure }: CookieSettings): SessionCookie {
  const name = secure ? NAMES.secure : NAMES.plain;
  const value = new RegExp(`(?:^|;\\s*)${name}=([\\w.-]{1,2200})(?:;|$)`);
  const cookie = (text: string, maxAgeSeconds: number) =>
    `${name}=${text}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure ? '; Secure' : ''}`;
  return {
    read: (header) => value.exec(header ?? '')?.[1],
    write: (session) => cookie(session, IDLE_MS / 1_000),
    clear: () => cookie('', 0),
  };
}
