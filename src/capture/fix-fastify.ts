// The fix endpoint for Fastify.
import type { FastifyInstance } from 'fastify';
import type { FixOptions } from './fix-endpoint.ts';
import { FIX_PATH, MAX_FIX_BYTES, createFixEndpoint } from './fix-endpoint.ts';

/** `app.register(fixFastify, { secret })`: in a scope of its own, so that the app's own parsers stay as they are. */
export function fixFastify(app: FastifyInstance, options: FixOptions, done: () => void): void {
  const answer = createFixEndpoint(options);
  // The signature is over the bytes.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body));
  app.route<{ Params: { key?: string }; Body: Buffer | undefined }>({
    method: ['GET', 'POST'],
    url: FIX_PATH,
    bodyLimit: MAX_FIX_BYTES,
    config: FIX_ROUTE,
    handler,
  });
  app.get<{ Params: { key?: string }; Body: Buffer | undefined }>(`${FIX_PATH}/:key`, { config: FIX_ROUTE }, handler);

  async function handler(
    request: {
      readonly method: string;
      readonly params: { readonly key?: string };
      readonly headers: Parameters<typeof answer>[0]['headers'];
      readonly body: Buffer | undefined;
    },
    reply: { code(status: number): { send(body: unknown): unknown } },
  ): Promise<unknown> {
    const { method, params, headers, body = Buffer.alloc(0) } = request;
    const { status, body: answered } = await answer({ method, key: params.key, headers, body });
    return reply.code(status).send(answered);
  }
  done();
}

/** A fix that fails is told to who asked for it. Captured as well, it would be a new error for rules to fix. */
const FIX_ROUTE = { errataFix: true };

export function isFixRoute(config: unknown): boolean {
  return typeof config === 'object' && config !== null && 'errataFix' in config;
}
