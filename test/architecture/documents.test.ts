// Documents that contradict the code are worse than none.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { type Config, loadConfig } from '../../src/config.ts';
import { type FailureCode, failures } from '../../src/failure.ts';
import { collectorDefaults, deadLinks, settingRows, variableDefaults } from './documents.ts';
import { readSources, root } from './source-files.ts';

const documents = readSources('', '.md');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

test('every relative link leads somewhere', () => {
  expect(deadLinks(documents)).toEqual([]);
});

test('a dead link is found, and only a dead one', () => {
  const text = '[a](there.md) [b](gone.md#x) [c](https://x.org) [d](#here)\n```\n[e](code.md)\n```\n';
  expect(deadLinks([{ path: 'docs/a.md', text }], (path) => path === 'docs/there.md')).toEqual([
    'docs/a.md: gone.md#x',
  ]);
});

const pages = documents.filter((document) => document.path.startsWith('docs/troubleshooting/'));

test('every failure code has its page, and every page a code', () => {
  const wanted = Object.keys(failures).map(
    (code) => `docs/troubleshooting/${code.toLowerCase().replaceAll('_', '-')}.md`,
  );
  expect(pages.map((page) => page.path)).toEqual(wanted.sort());
});

test.each(pages.map((page) => [page.path, page.text] as const))(
  '%s says what the code means on the wire',
  (_, text) => {
    const code = /^# ([A-Z_]+)\n/.exec(text)?.[1] ?? '';
    expect(Object.keys(failures)).toContain(code);
    const { http, grpc, retryable } = failures[code as FailureCode];
    expect(text).toContain(`\nHTTP ${http} · gRPC ${grpc} `);
    expect(/senders keep the data and try again\n/.test(text)).toBe(retryable);
    expect(text).toContain('\n## What to do\n- ');
  },
);

test('the example configuration holds nothing but defaults', () => {
  expect(withFile(read('errata.yaml'))).toEqual(withFile(''));
});

const rows = settingRows(read('docs/configuration.md'));

test('docs/configuration.md names real keys with their defaults', () => {
  const values: Record<string, unknown> = {};
  for (const { key, defaultText } of rows) {
    if (key === undefined || defaultText === undefined) continue;
    const [group = '', name] = key.split('.');
    const value = /^(?:\d+|\[\]|true|false)$/.test(defaultText) ? (JSON.parse(defaultText) as unknown) : defaultText;
    if (name === undefined) values[group] = value;
    else values[group] = { ...(values[group] as object | undefined), [name]: value };
  }
  expect(Object.keys(values)).toContain('ports');
  expect(withFile(stringify(values))).toEqual(withFile(''));
});

test('docs/configuration.md names every variable that config.ts reads, and no other', () => {
  const inCode = new Set(read('src/config.ts').match(/\b(?:ERRATA|CLICKHOUSE|OTEL|DOCKER)_[A-Z_]+\b/g));
  const inTable = rows.flatMap(({ variable }) => (variable === undefined ? [] : [variable]));
  expect([...new Set(inTable)].sort()).toEqual([...inCode].sort());
});

test('collector/README.md lists the variables of config.yaml with their defaults', () => {
  const inConfig = collectorDefaults(read('collector/config.yaml'));
  expect(inConfig.size).toBe(8);
  expect(sorted(variableDefaults(read('collector/README.md')))).toEqual(sorted(inConfig));
});

test('one version of the collector everywhere', () => {
  const version = /^ {2}version: (\d+\.\d+\.\d+)$/m.exec(read('collector/builder.yaml'))?.[1] ?? '';
  const modules = read('collector/builder.yaml').match(/ v0\.\d+\.\d+$/gm) ?? [];
  expect(modules.length).toBeGreaterThan(5);
  expect(new Set(modules)).toEqual(new Set([` v${version}`]));
  expect(new Set(read('collector/README.md').match(/\b0\.\d{3}\.\d+\b/g))).toEqual(new Set([version]));
  expect(read('docs/decisions/0002-collector.md')).toContain(`One \`ocb\` manifest at v${version}`);
});

test('the Node version that package.json demands is the one that documents name', () => {
  const floor = /"node": ">=([\d.]+)"/.exec(read('package.json'))?.[1];
  for (const path of ['README.md', 'CONTRIBUTING.md']) expect(read(path)).toContain(`Node ${floor} or newer`);
});

test('ports in README.md are the defaults', () => {
  const { ports } = withFile('');
  const named = new Set(
    read('README.md')
      .match(/(?<=127\.0\.0\.1:)\d+/g)
      ?.map(Number),
  );
  expect(named).toEqual(new Set([ports.otlp, ports.api]));
});

test('every npm script that a document names exists', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const named = documents.flatMap((document) => [
    ...(document.text.match(/(?<=\bnpm run )[\w:]+/g) ?? []),
    ...(document.text.match(/(?<=\bnpm )(?:start|test)\b/g) ?? []),
  ]);
  expect(named).toContain('start');
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining([...new Set(named)]));
});

function withFile(content: string): Config {
  const folder = mkdtempSync(join(tmpdir(), 'errata-config-'));
  try {
    const path = join(folder, 'errata.yaml');
    writeFileSync(path, content);
    return loadConfig({ env: { ERRATA_CONFIG: path } });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sorted(map: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
