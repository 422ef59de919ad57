// The rules of rules.ts, held against src/; and the checks themselves, held against samples that break each rule.
import { expect, test } from 'vitest';
import { checkImports, checkLength, checkNames, checkText } from './check-source.ts';
import { readSources } from './source-files.ts';

const sources = readSources('src', '.ts');

test('there is something to check', () => {
  expect(sources.map((file) => file.path)).toContain('src/failure.ts');
});

test('a folder imports only from folders before it in the flow', () => {
  expect(checkImports(sources)).toEqual([]);
});

test('environment, exit, SQL and exports stand only where they may', () => {
  expect(checkText(sources)).toEqual([]);
});

test('every file and folder has a name that says what is inside', () => {
  expect(checkNames([...sources, ...readSources('test', '.ts')])).toEqual([]);
});

test('no file is longer than can be read at once', () => {
  expect(checkLength(sources)).toEqual([]);
});

const importSamples: readonly (readonly [path: string, text: string, complaint: RegExp | undefined])[] = [
  ['src/errors/a.ts', `import { x } from '../ingest/x.ts';`, undefined],
  ['src/errors/a.ts', `import { x } from './x.ts';`, undefined],
  ['src/store/a.ts', `import { Failure } from '../failure.ts';`, undefined],
  ['src/app.ts', `import { x } from './api/x.ts';`, undefined],
  ['src/main.ts', `import { x } from './app.ts';`, undefined],
  ['src/errors/a.ts', `// import { x } from '../store/x.ts';`, undefined],
  ['src/errors/a.ts', `import type { X } from '../store/x.ts';`, /errors may not import store/],
  ['src/errors/a.ts', `import {\n  x,\n} from '../store/x.ts';`, /errors may not import store/],
  ['src/errors/a.ts', `export { x } from '../store/x.ts';`, /errors may not import store/],
  ['src/errors/a.ts', `const x = await import('../store/x.ts');`, /errors may not import store/],
  ['src/errors/a.ts', `import '../store/x.ts';`, /errors may not import store/],
  ['src/api/a.ts', `import { x } from '../mcp/x.ts';`, /api may not import mcp/],
  ['src/capture/a.ts', `import { Failure } from '../failure.ts';`, /capture imports nothing/],
  ['src/ingest/a.ts', `import { x } from '../capture/x.ts';`, /capture has no place/],
  ['src/store/a.ts', `import { x } from '../app.ts';`, /only the process entry/],
  ['src/config.ts', `import { x } from './store/x.ts';`, undefined],
  ['src/store/a.ts', `import { loadConfig } from '../config.ts';`, /only the process entry imports config.ts/],
  ['src/failure.ts', `import { x } from './store/x.ts';`, /failure.ts is seen by everyone/],
  ['src/plugins/a.ts', `import { x } from '../store/x.ts';`, /plugins has no place/],
];

test.each(importSamples)('imports: %s with %j', (path, text, complaint) => {
  expectComplaint(checkImports([{ path, text }]), complaint);
});

const textSamples: readonly (readonly [path: string, text: string, complaint: RegExp | undefined])[] = [
  ['src/config.ts', `const port = process.env['ERRATA_API_PORT'];`, undefined],
  ['src/capture/endpoint.ts', `process.env['OTEL_EXPORTER_OTLP_ENDPOINT']`, undefined],
  ['src/store/a.ts', `const url = process.env['CLICKHOUSE_URL'];`, /environment/],
  ['src/store/a.ts', `import { env } from 'node:process';`, /environment/],
  ['src/store/a.ts', `/** process.env is read elsewhere */`, undefined],
  ['src/main.ts', `process.exit(1);`, undefined],
  ['src/app.ts', `process.exit(1);`, /ends the process/],
  ['src/app.ts', `process.exitCode = 1;`, /ends the process/],
  ['src/store/queries.ts', '`SELECT id FROM errors`', undefined],
  ['src/store/queries-groups.ts', '`SELECT id FROM errors`', undefined],
  ['src/store/rows.ts', '`SELECT id FROM errors`', /SQL/],
  ['src/operations/list-errors.ts', '`${base} ORDER BY timestamp`', /SQL/],
  ['src/api/a.ts', `'ALTER TABLE errors ADD COLUMN x String'`, /SQL/],
  ['src/api/a.ts', `'select one of the options'`, undefined],
  ['src/api/a.ts', `export default function plugin() {}`, /names/],
  ['src/api/a.ts', `export { plugin as default };`, /names/],
  ['src/api/a.ts', `export * from './b.ts';`, /barrels/],
  ['src/api/a.ts', `export { b } from './b.ts';`, /barrels/],
  ['src/api/a.ts', `export const b = 1;`, undefined],
];

test.each(textSamples)('text: %s with %j', (path, text, complaint) => {
  expectComplaint(checkText([{ path, text }]), complaint);
});

test.each([
  ['src/store/utils.ts', true],
  ['src/helpers/text.ts', true],
  ['src/store/query-manager.ts', true],
  ['src/store/index.ts', true],
  ['test/store/common.test.ts', true],
  ['src/store/group-commit.ts', false],
])('names: %s is refused: %s', (path, refused) => {
  expect(checkNames([{ path, text: '' }])).toHaveLength(refused ? 1 : 0);
});

test('length counts code lines, not comments and blank lines', () => {
  const fits = `${'const a = 1;\n// why\n\n'.repeat(300)}/* more\n * of it\n */\n`;
  expect(checkLength([{ path: 'src/a.ts', text: fits }])).toEqual([]);
  expect(checkLength([{ path: 'src/a.ts', text: `${fits}const b = 2;\n` }])).toEqual([
    'src/a.ts: 301 code lines, 300 at most',
  ]);
});

function expectComplaint(complaints: readonly string[], expected: RegExp | undefined): void {
  if (expected === undefined) expect(complaints).toEqual([]);
  else expect(complaints).toEqual([expect.stringMatching(expected)]);
}
