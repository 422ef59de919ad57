// Whether a processor of this configuration runs: the embedded store is then its own, and it is asked instead.
import { request } from './ask-http.ts';

export interface Running {
  /** Its clock, to the second. */
  readonly dateMs: number;
  readonly askedAtMs: number;
  /** undefined: ready. */
  readonly notReady: string | undefined;
}

export async function findRunning(api: string, now: () => number): Promise<Running | undefined> {
  const alive = await request(`${api}/healthz`);
  if (alive?.status !== 200 || alive.body !== '{"status":"ok"}') return undefined;
  const askedAtMs = now();
  const ready = await request(`${api}/readyz`);
  if (ready === undefined) return undefined;
  return {
    dateMs: Date.parse(ready.date),
    askedAtMs,
    notReady: ready.status === 200 ? undefined : detailOf(ready.body),
  };
}

/** Of a problem+json body. */
function detailOf(body: string): string {
  try {
    const { detail } = JSON.parse(body) as { readonly detail?: unknown };
    return typeof detail === 'string' ? detail : body;
  } catch {
    return body;
  }
}
