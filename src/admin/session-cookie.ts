// The token in a cookie that no script can read and no other site can make a browser send (RFC 6265bis). There is no
// session beside it: whoever revokes the token ends every session, and a restart ends none.

const NAME = 'errata_session';

/** A week away from the desk; the token itself may expire earlier. */
const MAX_AGE_SECONDS = 604_800;

const VALUE = /(?:^|;\s*)errata_session=([\w\-.~+/=]{1,512})(?:;|$)/;

export function readSession(cookieHeader: string | undefined): string | undefined {
  return VALUE.exec(cookieHeader ?? '')?.[1];
}

/** `secure`: browsers reach the page over https. */
export function writeSession(token: string, { secure }: { readonly secure: boolean }): string {
  return cookie(token, { secure, maxAgeSeconds: MAX_AGE_SECONDS });
}

export function clearSession({ secure }: { readonly secure: boolean }): string {
  return cookie('', { secure, maxAgeSeconds: 0 });
}

function cookie(value: string, { secure, maxAgeSeconds }: { secure: boolean; maxAgeSeconds: number }): string {
  return `${NAME}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}${secure ? '; Secure' : ''}`;
}
