// What the API says about itself, made once at start. Open to all: it holds nothing of any company.
import type { FastifyInstance } from 'fastify';
import { renderDocs, styleHash } from './docs-page.ts';
import { describeApi } from './openapi.ts';
import { routes } from './routes.ts';

export const documentPaths = ['/openapi.json', '/docs'] as const;

export function serveDocuments(server: FastifyInstance): void {
  const openapi = JSON.stringify(describeApi(routes));
  const docs = renderDocs(routes);
  server.get('/openapi.json', async (_request, reply) => reply.type('application/json; charset=utf-8').send(openapi));
  server.get('/docs', async (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header(
        'content-security-policy',
        `default-src 'none'; style-src ${styleHash}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      )
      .send(docs),
  );
}
