// `npm run bench`: every figure beside a reference that was measured in the same run, because machines differ and are
// shared. With names (`npm run bench -- storm start`) only those.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchFindErrors } from './find-errors.ts';
import { benchMatch } from './match.ts';
import { benchReceiveHttp } from './receive-http.ts';
import type { BenchRow } from './row.ts';
import { benchSmallRequests } from './small-requests.ts';
import { benchStart } from './start.ts';
import { benchStoreAtSize } from './store-at-size.ts';
import { benchStorm } from './storm.ts';

const largeDir = await mkdtemp(join(tmpdir(), 'errata-bench-large-'));
const benches: readonly (readonly [string, () => Promise<readonly BenchRow[]>])[] = [
  ['find', benchFindErrors],
  ['match', benchMatch],
  ['http', benchReceiveHttp],
  // Before the storm: on some file systems new files wait for the many that a storm deletes (docs/decisions/0006-small-inserts.md).
  ['small', benchSmallRequests],
  ['storm', benchStorm],
  ['size', () => benchStoreAtSize(largeDir)],
  // Needs the large store that `size` leaves.
  ['start', () => benchStart(largeDir)],
];

const wanted = new Set(process.argv.slice(2));
const rows: BenchRow[] = [];
for (const [name, run] of benches) {
  if (wanted.size > 0 && !wanted.has(name)) continue;
  process.stderr.write(`${name} ...\n`);
  rows.push(...(await run()));
}
await rm(largeDir, { recursive: true, force: true });
process.stdout.write(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'CPU'}\n`);
process.stdout.write(toTable(rows));

function toTable(measured: readonly BenchRow[]): string {
  const lines = measured.map((row) => [
    row.what,
    `${toText(row.value)} ${row.unit}`,
    `${row.reference}: ${toText(row.referenceValue)} ${row.unit}`,
    toText(row.ratio),
    row.target,
  ]);
  const table = [['what', 'measured', 'reference', 'ratio', 'wanted'], ...lines];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  return `${table.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')).join('\n')}\n`;
}

function toText(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
