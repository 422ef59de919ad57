// Browsers that send telemetry from other origins; off unless origins are configured. Tokens travel in the Authorization
// header and not as cookies, so credentials in CORS' sense are never allowed.

/** Between preflights. Browsers take two hours at most. */
const MAX_AGE_SECONDS = 7_200;

const preflightHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'authorization, content-encoding, content-type',
  'access-control-max-age': `${MAX_AGE_SECONDS}`,
};

export interface CorsHeaders {
  /** For every answer. */
  readonly all: Readonly<Record<string, string>>;
  /** For the answer to a preflight. */
  readonly preflight: Readonly<Record<string, string>>;
}

/** `*` within an origin stands for any text: `https://*.example.com`, or `*` for all. undefined: not allowed. */
export function createCors(origins: readonly string[]): (origin: string | undefined) => CorsHeaders | undefined {
  return (origin) => {
    if (origin === undefined || !origins.some((pattern) => matches(pattern, origin))) return undefined;
    const all = { 'access-control-allow-origin': origin, vary: 'Origin' };
    return { all, preflight: { ...all, ...preflightHeaders } };
  };
}

function matches(pattern: string, origin: string): boolean {
  const [start = '', ...rest] = pattern.toLowerCase().split('*');
  const lower = origin.toLowerCase();
  if (rest.length === 0) return lower === start;
  // One wildcard is enough for every origin; a second one is taken literally and then matches nothing.
  const end = rest.join('*');
  return lower.length >= start.length + end.length && lower.startsWith(start) && lower.endsWith(end);
}
