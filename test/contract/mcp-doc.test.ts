// docs/mcp.md lists what the server has: no more, no less, with the scopes that it asks for.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { prompts } from '../../src/mcp/prompts.ts';
import { resources } from '../../src/mcp/resources.ts';
import { tools } from '../../src/mcp/tools.ts';

const text = readFileSync(new URL('../../docs/mcp.md', import.meta.url), 'utf8');

/** The first `columns` of the table whose first column has this title. */
function tableOf(title: string, columns: number): readonly string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${title} |`));
  const rows = lines.slice(start + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .split('|')
        .slice(1, 1 + columns)
        .map((cell) => cell.trim().replaceAll('`', ''))
        .join(' '),
    );
}

test('it lists the tools with their scopes', () => {
  expect(tableOf('tool', 2)).toEqual(tools.map(({ name, scope }) => `${name} ${scope}`));
});

test('it lists the resources and the prompts', () => {
  expect(tableOf('resource', 1)).toEqual(resources.map(({ uri }) => uri));
  expect(tableOf('prompt', 2)).toEqual(prompts.map(({ name, scope }) => `${name} ${scope}`));
});
