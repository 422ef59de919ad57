// The variables of `errata mcp`.
import * as z from 'zod';
import { Failure } from '../failure.ts';

export interface RemoteSettings {
  /** Of the processor's API, without a slash at the end. */
  readonly url: string;
  /** undefined: it has no tokens, and runs on this machine. */
  readonly token: string | undefined;
  /** Of its admin page, for links. */
  readonly adminUrl: string;
}

const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

const variables = z.object({
  ERRATA_URL: httpUrl.default('http://127.0.0.1:8092'),
  ERRATA_TOKEN: z.string().optional(),
  ERRATA_ADMIN_URL: httpUrl.optional(),
});

/** Throws CONFIG_INVALID. An empty variable is as good as none. */
export function toRemoteSettings(env: Readonly<Record<string, string | undefined>>): RemoteSettings {
  const parsed = variables.safeParse(Object.fromEntries(Object.entries(env).filter(([, text]) => text !== '')));
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
    throw new Failure('CONFIG_INVALID', faults.join('\n'));
  }
  const { ERRATA_URL: url, ERRATA_TOKEN: token, ERRATA_ADMIN_URL: adminUrl } = parsed.data;
  return { url, token, adminUrl: adminUrl ?? adminBeside(url) };
}

/** Where the admin page is when nobody moved it. */
function adminBeside(apiUrl: string): string {
  const url = new URL('/admin', apiUrl);
  url.port = '8080';
  return url.href;
}
