// /docs: the REST door on one page, from the same table and schemas as OpenAPI; no script, nothing from elsewhere.
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { failures } from '../failure.ts';
import type { Route } from './routes.ts';

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 14px/1.5 ui-monospace, monospace; }
pre { padding: .75rem 1rem; border: 1px solid #8886; border-radius: 6px; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #8884; }
h2 { margin-top: 2.5rem; } h3 { margin-top: 2rem; } :target { background: #fd06; }
`;

/** What the page's own Content-Security-Policy must name. */
export const styleHash = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

export function renderDocs(routes: readonly Route[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Errata: REST</title><style>${STYLE}</style></head><body>
<h1>Errata: REST</h1>
<p>JSON in, JSON out. When tokens exist, send one: <code>Authorization: Bearer errata_…</code>
(<code>errata token create</code>). Machines read <a href="/openapi.json">/openapi.json</a>.
<code>/healthz</code>, <code>/readyz</code> and <code>/metrics</code> are for orchestrators and scrapers.</p>
<h2>Calls</h2>
<ul>${routes.map((route) => `<li><a href="#${route.operation.name}"><code>${route.method} ${escape(route.path)}</code></a></li>`).join('\n')}</ul>
${routes.map(renderRoute).join('\n')}
<h2>Refusals</h2>
<p>Every refusal is <code>application/problem+json</code> with one of these codes. A refused field stands in
<code>errors</code>.</p>
<table><tr><th>code</th><th>status</th><th>the same request may succeed later</th></tr>
${Object.entries(failures).map(renderFailure).join('\n')}
</table></body></html>
`;
}

function renderRoute({ method, path, operation }: Route): string {
  return `<h3 id="${operation.name}"><code>${method} ${escape(path)}</code></h3>
<p>${escape(operation.summary)} Scope <code>${operation.scope}</code>.</p>
${renderFields('Input', operation.input, 'input')}
${renderFields(operation.kind === 'stream' ? 'Each event' : 'Answer', operation.output, 'output')}`;
}

function renderFields(title: string, schema: z.ZodType, io: 'input' | 'output'): string {
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io });
  const rows = Object.entries(properties).map(([name, field]) => {
    const must = io === 'input' && required.includes(name) ? ' (required)' : '';
    const description = typeof field === 'boolean' ? '' : (field.description ?? '');
    return `<tr><td><code>${escape(name)}</code>${must}</td><td>${escape(typeText(field))}</td><td>${escape(description)}</td></tr>`;
  });
  return `<table><tr><th>${title}</th><th>type</th><th></th></tr>${rows.join('\n')}</table>`;
}

function typeText(schema: z.core.JSONSchema._JSONSchema): string {
  if (typeof schema === 'boolean') return 'anything';
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeText).join(' or ');
  if (schema.enum !== undefined) return schema.enum.join(' | ');
  const standard = schema.default === undefined ? '' : `, default ${JSON.stringify(schema.default)}`;
  if (schema.type === 'array') return `list of ${itemText(schema.items)}${standard}`;
  const bounds = schema.minimum !== undefined && schema.type === 'integer' ? ` ${rangeText(schema)}` : '';
  return `${schema.format ?? [schema.type ?? 'anything'].flat().join(' or ')}${bounds}${standard}`;
}

function rangeText({ minimum, maximum }: z.core.JSONSchema.BaseSchema): string {
  return maximum === undefined || minimum === Number.MIN_SAFE_INTEGER ? '' : `${minimum}–${maximum}`;
}

function itemText(items: z.core.JSONSchema.BaseSchema['items']): string {
  return items === undefined || Array.isArray(items) ? 'anything' : typeText(items);
}

function renderFailure([code, { http, retryable }]: [string, { http: number; retryable: boolean }]): string {
  return `<tr id="${code}"><td><code>${code}</code></td><td>${http}</td><td>${retryable ? 'yes' : 'no'}</td></tr>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
