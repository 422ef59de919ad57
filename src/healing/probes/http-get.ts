import * as http from 'node:http';
import * as https from 'node:https';
import * as z from 'zod';
import { defineProbe } from '../probe.ts';
import { boundOf, codeOf, markTraffic } from './open-connection.ts';
import { addressOf, portField } from './target-address.ts';

/** Below the 5 s that a call has unless its rule says otherwise: a late answer is a fact, an aborted probe has none. */
const TIMEOUT_MS = 4_000;
/** Read so that the server sees its answer taken; past that the connection is closed. */
const MAX_BODY_BYTES = 65_536;

export const httpGet = defineProbe({
  name: 'http.get',
  summary: 'One GET to the target. Redirects are not followed, the body is not looked at.',
  parameters: z.strictObject({
    path: z
      .string()
      .max(1_000)
      .regex(/^\/[!-~]*$/)
      .optional()
      .describe("Default: the path of the catalogue's health check, else `/`."),
    port: portField,
  }),
  facts: {
    ok: 'true: the status is 2xx or 3xx',
    status: 'HTTP status',
    error: 'code of the failure when there was no answer: ECONNREFUSED, ETIMEDOUT, HPE_INVALID_CONSTANT, …',
    took_ms: 'from the call to the answer or failure',
  },
  needsEngine: false,
  async run({ path, port }, context) {
    const { service } = context.target;
    const address = addressOf(context.target, port, service.protocol ?? 'http');
    if (address === undefined) return {};
    const fromMs = performance.now();
    markTraffic(context);
    const answer = await get({
      ...address,
      path: path ?? service.healthCheck?.path ?? '/',
      secure: service.protocol === 'tls',
      signal: boundOf(context.signal, TIMEOUT_MS),
    });
    return { ...answer, took_ms: Math.round(performance.now() - fromMs) };
  },
});

interface Get {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly secure: boolean;
  readonly signal: AbortSignal;
}

type Answer = { readonly ok: boolean; readonly status: number } | { readonly ok: false; readonly error: string };

function get({ secure, ...options }: Get): Promise<Answer> {
  return new Promise((resolve) => {
    const request = (secure ? https : http).request(
      // No agent: the connection is closed afterwards.
      { ...options, agent: false, headers: { 'user-agent': 'errata-probe' } },
      (response) => {
        const status = response.statusCode ?? 0;
        const done = (): void => resolve({ ok: status >= 200 && status < 400, status });
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_BODY_BYTES) response.destroy();
        });
        // Ended, cut off or too long: the status was given.
        response.on('error', done);
        response.on('close', done);
      },
    );
    request.on('error', (error) => {
      resolve({ ok: false, error: options.signal.aborted ? 'ETIMEDOUT' : codeOf(error) });
    });
    request.end();
  });
}
