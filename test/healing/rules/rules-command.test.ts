import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Mode } from '../../../src/healing/attempt.ts';
import { runRulesCommand } from '../../../src/healing/rules-command.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'errata-rules-command-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (...argv: string[]) => runIn('auto', ...argv);

async function runIn(mode: Mode, ...argv: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const backtest = async (rest: readonly string[]) => {
    lines.push(`backtest ${rest.join(' ')}`);
    return 0;
  };
  const code = await runRulesCommand(argv, { folder, mode, out: (line) => lines.push(line), backtest });
  return { code, text: lines.join('\n') };
}

const sound = `apiVersion: errata/v1
rules:
  - id: hand-over
    title: Timeouts are told
    when: { match: { all: [{ field: error_type, eq: timeout }] }, count: 2 }
    target: subject
    plan: [{ branch: told, finding: TIMED_OUT, then: escalate }]
    tests:
      - { name: two fire, errors: [{ fields: { error_type: timeout }, times: 2 }], expect: { finding: TIMED_OUT } }
      - { name: one fires, errors: [{ fields: { error_type: timeout } }], expect: { branch: told } }
`;

test('check lists sound rules', async () => {
  writeFileSync(join(folder, 'a.yaml'), sound);
  const { code, text } = await run('check');
  expect(code).toBe(0);
  expect(text).toContain('hand-over  observe   50  Timeouts are told');
  expect(text).toContain('1 rule, no faults');
});

test('check tells the mode that the configuration leaves a rule, not the one of its file', async () => {
  const automatic = sound.replace('    when:', '    mode: auto\n    when:');
  writeFileSync(join(folder, 'a.yaml'), automatic);
  expect((await runIn('observe', 'check')).text.split('\n')).toEqual([
    'hand-over  observe   50  Timeouts are told',
    '1 rule, no faults; each in the mode that healing.mode (observe) leaves it',
  ]);
  expect((await runIn('approve', 'check')).text).toContain('hand-over  approve   50  Timeouts are told');
  expect((await runIn('auto', 'check')).text).toContain('hand-over  auto      50  Timeouts are told');
});

test('check tells faults with their place, and fails', async () => {
  writeFileSync(join(folder, 'a.yaml'), sound.replace('count: 2', 'cuont: 2'));
  const { code, text } = await run('check');
  expect(code).toBe(1);
  expect(text).toContain(`${folder}/a.yaml:5:67: when.cuont: is not a key of a rules file`);
  expect(text).toContain('1 fault');
});

test('test tells what fires and what should have, and fails', async () => {
  writeFileSync(join(folder, 'a.yaml'), sound);
  const { code, text } = await run('test', folder);
  expect(code).toBe(1);
  expect(text.split('\n')).toEqual([
    'ok      hand-over  two fire',
    'FAILED  hand-over  one fires: does not fire',
    '2 tests, 1 failed',
  ]);
});

test('tests are not run over faulty rules', async () => {
  writeFileSync(join(folder, 'a.yaml'), sound.replace('title', 'titel'));
  const { code, text } = await run('test');
  expect(code).toBe(1);
  expect(text).not.toContain('ok ');
});

test('a question that is none is answered with the manual', async () => {
  expect((await run('chekc')).code).toBe(2);
  expect((await run('check', folder, 'more')).code).toBe(2);
  expect(await run('--help')).toMatchObject({ code: 0, text: expect.stringContaining('errata rules check') });
});

test('a backtest gets its own options, --help too', async () => {
  expect((await run('backtest', '--help')).text).toBe('backtest --help');
  expect((await run('backtest', folder, '--since', '2h')).text).toBe(`backtest ${folder} --since 2h`);
});
