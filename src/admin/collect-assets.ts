// What the page is made of, read once at start: its modules as they were built, found by following their imports from the
// entry; the packages they name; and its styles as one file. There is no bundler: the browser reads the modules as they
// are, and an import map tells it where the packages are.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';

export interface Asset {
  /** Below /admin/assets/<version>/. */
  readonly path: string;
  readonly type: 'text/javascript; charset=utf-8' | 'text/css; charset=utf-8';
  readonly content: Buffer;
  /** Needed before anything is shown: the browser is told to fetch it at once, not import after import. */
  readonly first: boolean;
}

export interface Assets {
  /** Of all contents: a new version of any asset is a new address for all, so that each may be kept for ever. */
  readonly version: string;
  readonly list: readonly Asset[];
  readonly entry: string;
  readonly style: string;
  /** Package → path of its asset. */
  readonly packages: Readonly<Record<string, string>>;
}

/** Packages that modules of the page may name, and the file that browsers take. */
const PACKAGES: Readonly<Record<string, string>> = {
  preact: 'preact',
  'preact/hooks': 'preact/hooks',
  htm: 'htm',
  'htm/preact': 'htm/preact',
  '@preact/signals': '@preact/signals',
  '@preact/signals-core': '@preact/signals-core',
  uplot: 'uplot/dist/uPlot.esm.js',
};

const ENTRY = 'admin/static/main.js';
const STYLE = 'page.css';

/** `dist/`: modules of the page may import pure ones of other folders. */
const BUILT = new URL('../', import.meta.url);
const STYLES = new URL('static/style/', import.meta.url);
const PACKAGE_STYLES = ['uplot/dist/uPlot.min.css'];

const STATIC_IMPORT = /(?:^|;)\s*(?:import|export)\s*(?:[\w$\s{},*]*?\bfrom\s*)?['"]([^'"]+)['"]/gm;
const LATER_IMPORT = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** Throws when a module names a file or a package that is not there: a page with a hole is not served. */
export function collectAssets(): Assets {
  const modules = collectModules();
  const list = [...modules.values(), styleAsset()];
  const version = createHash('sha256');
  for (const { path, content } of list) version.update(`${path}\0${content.length}\0`).update(content);
  return {
    version: version.digest('base64url').slice(0, 16),
    list,
    entry: ENTRY,
    style: STYLE,
    packages: Object.fromEntries(
      Object.keys(PACKAGES)
        .map((name) => [name, packagePath(name)] as const)
        .filter(([, path]) => modules.has(path)),
    ),
  };
}

function collectModules(): ReadonlyMap<string, Asset> {
  const modules = new Map<string, Asset>();
  const later: string[] = [];
  const follow = (path: string, first: boolean): void => {
    if (modules.has(path)) return;
    const text = readModule(path);
    modules.set(path, { path, type: 'text/javascript; charset=utf-8', content: Buffer.from(text), first });
    for (const target of importsOf(STATIC_IMPORT, { text, path })) follow(target, first);
    later.push(...importsOf(LATER_IMPORT, { text, path }));
  };
  // All that is needed first is met before anything that is needed later.
  follow(ENTRY, true);
  for (let path = later.shift(); path !== undefined; path = later.shift()) follow(path, false);
  return modules;
}

function importsOf(pattern: RegExp, { text, path }: { readonly text: string; readonly path: string }): string[] {
  return [...text.matchAll(pattern)].map(([, target = '']) =>
    target.startsWith('.') ? posix.join(posix.dirname(path), target) : packagePath(target),
  );
}

function packagePath(name: string): string {
  return `packages/${name}.js`;
}

function readModule(path: string): string {
  const [, name] = /^packages\/(.+)\.js$/.exec(path) ?? [];
  const url = name === undefined ? new URL(path, BUILT) : new URL(import.meta.resolve(fileOf(name)));
  // Maps are not served: a browser's tools would ask for them in vain.
  return readFileSync(url, 'utf8').replace(/^\/\/# sourceMappingURL=.*$/gm, '');
}

function fileOf(name: string): string {
  const file = PACKAGES[name];
  if (file === undefined) throw new Error(`the page imports ${name}, which is not in its list of packages`);
  return file;
}

function styleAsset(): Asset {
  const files = [
    ...PACKAGE_STYLES.map((name) => new URL(import.meta.resolve(name))),
    ...readdirSync(STYLES)
      .sort()
      .map((name) => new URL(name, STYLES)),
  ];
  const content = Buffer.concat(files.map((url) => readFileSync(url)));
  return { path: STYLE, type: 'text/css; charset=utf-8', content, first: true };
}
