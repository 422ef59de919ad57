// The one HTML page, made once at start: nothing in it depends on who asks. The import map is the only inline script there
// is, and the policy names its hash.
import { createHash } from 'node:crypto';
import type { Assets } from './collect-assets.ts';

export interface Page {
  readonly html: string;
  /** Content-Security-Policy. */
  readonly csp: string;
  readonly etag: string;
}

export function renderPage(assets: Assets, grafanaUrl: string | undefined): Page {
  const at = (path: string) => `/admin/assets/${assets.version}/${path}`;
  const importMap = JSON.stringify({
    imports: Object.fromEntries(Object.entries(assets.packages).map(([name, path]) => [name, at(path)])),
  });
  const first = assets.list.filter(({ first, type }) => first && type.startsWith('text/javascript'));
  const html = `<!doctype html>
<html lang="en"${grafanaUrl === undefined ? '' : ` data-grafana="${escape(grafanaUrl)}"`}>
<head>
<meta charset="utf-8">
<title>Errata</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${at(assets.style)}">
<script type="importmap">${importMap}</script>
${first.map(({ path }) => `<link rel="modulepreload" href="${at(path)}">`).join('\n')}
<script type="module" src="${at(assets.entry)}"></script>
</head>
<body>
<div id="page"><noscript>This page is a program: it needs JavaScript. REST answers without it.</noscript></div>
</body>
</html>
`;
  return { html, csp: policy(importMap), etag: `"${hash(html)}"` };
}

/** Trusted Types: no script of the page can turn text into markup, not even by mistake. */
function policy(importMap: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash(importMap)}'`,
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
