// All that Errata shows over MCP.
import type { Surface } from './caller.ts';
import { instructions } from './instructions.ts';
import { prompts } from './prompts.ts';
import { resources } from './resources.ts';
import { tools } from './tools.ts';

export const surface: Surface = { instructions, tools, resources, prompts };
