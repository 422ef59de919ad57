// What the list of tools costs every conversation, and what is said before the first call.
import { countTokens } from 'gpt-tokenizer/encoding/cl100k_base';
import { expect, test } from 'vitest';
import { instructions } from '../../src/mcp/instructions.ts';
import { describe } from '../../src/mcp/serve-tools.ts';
import { tools } from '../../src/mcp/tools.ts';

/** As a client hands it to a model: without output schema and annotations. */
const tokensOf = (tool: (typeof tools)[number], style: 'dotted' | 'underscore') => {
  const { name, description, inputSchema } = describe(tool, style);
  return countTokens(JSON.stringify({ name, description, inputSchema }));
};

test('there are fifteen tools, each once, in one order', () => {
  expect(tools.length).toBe(15);
  expect(new Set(tools.map(({ name }) => name)).size).toBe(15);
});

test.each(['dotted', 'underscore'] as const)(
  'no tool costs more than 250 tokens, all of them no more than 3,000 (%s)',
  (style) => {
    const counts = tools.map((tool) => [tool.name, tokensOf(tool, style)] as const);
    expect(counts.filter(([, tokens]) => tokens > 250)).toEqual([]);
    expect(counts.reduce((sum, [, tokens]) => sum + tokens, 0)).toBeLessThanOrEqual(3_000);
  },
);

test('the instructions have at most 150 words, and name no tool that is not there', () => {
  expect(instructions.split(/\s+/).length).toBeLessThanOrEqual(150);
  const named = new Set(instructions.match(/devops(?:\.[a-z]+)+/g));
  expect([...named].filter((name) => !tools.some((tool) => tool.name === name))).toEqual([]);
});

test('descriptions name only tools that are there', () => {
  const named = tools.flatMap(({ description }) => description.match(/devops(?:\.[a-z]+)+/g) ?? []);
  expect(named.filter((name) => !tools.some((tool) => tool.name === name))).toEqual([]);
});
