// Serves the page and what it is made of. All of it is in memory and the same for everybody, so it asks for no sign-in;
// what it shows comes from the calls, which do.
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Asset, Assets } from './collect-assets.ts';
import { renderPage } from './page-html.ts';

interface PageParts {
  readonly assets: Assets;
  readonly grafanaUrl: string | undefined;
}

/** The path holds the version, so what it leads to never changes. */
const FOR_EVER = 'public, max-age=31536000, immutable';

export function servePage(server: FastifyInstance, { assets, grafanaUrl }: PageParts): void {
  const { html, csp, etag } = renderPage(assets, grafanaUrl);
  const page = { type: 'text/html; charset=utf-8', content: Buffer.from(html) };
  const sendPage = async (request: FastifyRequest, reply: FastifyReply) => {
    void reply.headers({ 'cache-control': 'no-cache', etag, 'content-security-policy': csp });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return send(request, reply, page);
  };
  server.get('/', async (_request, reply) => reply.redirect('/admin', 302));
  server.get('/admin', sendPage);
  server.get('/admin/', sendPage);
  for (const asset of assets.list) {
    server.get(`/admin/assets/${assets.version}/${asset.path}`, async (request, reply) => {
      void reply.header('cache-control', FOR_EVER);
      return send(request, reply, asset);
    });
  }
}

type Sent = Pick<Asset, 'content'> & { readonly type: string };

const compressed = new WeakMap<Sent, { readonly br: Buffer; readonly gzip: Buffer }>();

function send(request: FastifyRequest, reply: FastifyReply, sent: Sent): FastifyReply {
  void reply.type(sent.type).header('vary', 'accept-encoding');
  const accepted = request.headers['accept-encoding'] ?? '';
  const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : undefined;
  if (encoding === undefined) return reply.send(sent.content);
  const packed = compressed.get(sent) ?? compress(sent.content);
  compressed.set(sent, packed);
  return reply.header('content-encoding', encoding).send(packed[encoding]);
}

/** Once for each asset, when it is first asked for: some milliseconds. */
function compress(content: Buffer): { readonly br: Buffer; readonly gzip: Buffer } {
  return {
    br: brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    gzip: gzipSync(content, { level: 9 }),
  };
}
