// From the table of prompts to prompts/list and prompts/get, for one caller.
import type { McpServer } from '@modelcontextprotocol/server';
import type { Caller } from './caller.ts';
import type { Prompt } from './prompt.ts';
import { showNames } from './tool-names.ts';

export function servePrompts(server: McpServer, prompts: readonly Prompt[], { principal, style }: Caller): void {
  for (const prompt of prompts) {
    if (!principal.scopes.has(prompt.scope)) continue;
    const { name, title, description, input } = prompt;
    server.registerPrompt(name, { title, description: showNames(description, style), argsSchema: input }, (given) => ({
      messages: prompt.messages(given).map((text) => ({
        role: 'user',
        content: { type: 'text', text: showNames(text, style) },
      })),
    }));
  }
}
