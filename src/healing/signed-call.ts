// Errata's side of the fix endpoint that errata/capture offers (docs/capture.md, "Fixes"). The URL is the catalogue's, never
// one of an error; redirects are not followed; what was not answered may have happened.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import * as z from 'zod';
import type { ActionContext, Ran } from './action.ts';
import { codeOf, markTraffic } from './probes/open-connection.ts';

export interface FixRequest {
  readonly fix: string;
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

const statusSchema = z.object({
  state: z.enum(['applied', 'failed', 'running', 'unseen']),
  result: z.unknown().optional(),
  /** Another one after a restart of the service, or when it forgot a key. */
  memory: z.string().max(100),
  fixes: z.array(z.string()),
});
export type FixStatus = z.output<typeof statusSchema>;

const answerSchema = z.object({
  applied: z.boolean().optional(),
  result: z.unknown().optional(),
  error: z.string().optional(),
});

const MAX_ANSWER_BYTES = 65_536;
const MAX_TEXT = 1000;
/** Nothing was sent. */
const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** POST: has the service carry out the fix, once for each `context.key`. */
export async function callFix(request: FixRequest, context: ActionContext): Promise<Ran> {
  const answered = await send('POST', context, JSON.stringify(request));
  if ('fault' in answered)
    return { kind: NOT_CONNECTED.has(answered.fault) ? 'failed' : 'unknown', reason: reasonOf(answered.fault) };
  const { status, text } = answered;
  const answer = parse(answerSchema, text);
  if (status === 200 && answer?.applied === true)
    return { kind: 'done', after: { applied: true, result: resultText(answer.result) } };
  const reason = `the service answered ${status}${answer?.error === undefined ? '' : `: ${answer.error.slice(0, MAX_TEXT)}`}`;
  // Something else than our endpoint answers 3xx and 4xx without having run anything; its 5xx say nothing.
  const isRefusal = answer?.applied === false || (status >= 300 && status < 500);
  return { kind: isRefusal ? 'failed' : 'unknown', reason };
}

/** GET: what became of `context.key`. A text: it can't be told, and why. */
export async function askFix(context: ActionContext): Promise<FixStatus | string> {
  const answered = await send('GET', context, '');
  if ('fault' in answered) return reasonOf(answered.fault);
  const status = answered.status === 200 ? parse(statusSchema, answered.text) : undefined;
  return (
    status ??
    `the service answered ${answered.status}: ${parse(answerSchema, answered.text)?.error ?? 'no fix endpoint'}`
  );
}

/** JSON, bounded: it is the service's word, kept as data. */
export function resultText(result: unknown): string {
  return result === undefined ? '' : JSON.stringify(result).slice(0, MAX_TEXT);
}

type Answered = { readonly status: number; readonly text: string } | { readonly fault: string };

async function send(method: 'GET' | 'POST', context: ActionContext, body: string): Promise<Answered> {
  const { key, signal, target, now } = context;
  const endpoint = target.service.fixEndpoint;
  if (endpoint === undefined) return { fault: 'NO_ENDPOINT' };
  const timestamp = String(Math.floor(now() / 1000));
  const secret = context.secret(endpoint.secret);
  const signature = createHmac('sha256', secret).update(`${key}.${timestamp}.${body}`).digest('base64');
  const base = endpoint.url.replace(/\/$/, '');
  const url = method === 'POST' ? base : `${base}/${encodeURIComponent(key)}`;
  markTraffic(context);
  const request = (url.startsWith('https:') ? overHttps : overHttp)(url, {
    method,
    headers: {
      'content-type': 'application/json',
      'webhook-id': key,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    },
    // A kept connection that the service closed meanwhile would leave open whether it heard us.
    agent: false,
    signal,
  });
  // Of a connection that breaks during the answer, reading it tells as well.
  request.on('error', () => {});
  try {
    const answered = once(request, 'response') as Promise<[IncomingMessage]>;
    request.end(body);
    const [answer] = await answered;
    return { status: answer.statusCode ?? 0, text: await textOf(answer) };
  } catch (error) {
    return { fault: signal.aborted ? 'ETIMEDOUT' : codeOf(error) };
  }
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Cut, it is no JSON any more: an answer that is no answer of the endpoint's.
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function parse<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

function reasonOf(fault: string): string {
  return fault === 'NO_ENDPOINT' ? 'the service has no fix endpoint in the catalogue' : `the fix endpoint: ${fault}`;
}
