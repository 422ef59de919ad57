// One short HTTP question; whatever goes wrong is "no answer".
interface Answer {
  readonly status: number;
  readonly body: string;
  /** The header. */
  readonly date: string;
}

const WITHIN_MS = 3_000;
const MAX_BODY = 2_000;

export async function request(url: string, body?: string): Promise<Answer | undefined> {
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(WITHIN_MS),
      redirect: 'manual',
      ...(body === undefined ? {} : { method: 'POST', body, headers: { 'content-type': 'application/json' } }),
    });
    return {
      status: response.status,
      body: (await response.text()).slice(0, MAX_BODY),
      date: response.headers.get('date') ?? '',
    };
  } catch {
    return undefined;
  }
}

/** An OTLP receiver takes an empty request, or wants a token first. */
export async function speaksOtlp(base: string): Promise<boolean> {
  const answer = await request(`${base.replace(/\/+$/, '')}/v1/traces`, '{"resourceSpans":[]}');
  return answer?.status === 200 || answer?.status === 401;
}

/** Where this machine reaches what is bound to `host`. */
export function urlOf(host: string, port: number): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reached.includes(':') ? `[${reached}]` : reached}:${port}`;
}
