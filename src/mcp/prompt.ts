// A prompt as data, without a word of the SDK: prompts.ts lists them. Names of tools in its texts are dotted; whoever shows
// them puts them in the caller's style.
import type * as z from 'zod';
import type { Scope } from '../access/principal.ts';

export interface Prompt<Input extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** MCP gives strings only. */
  readonly input: Input;
  /** Without it the tools that the prompt speaks of are of no use. */
  readonly scope: Scope;
  /** What the user says to the model. */
  messages(input: z.output<Input>): readonly string[];
}
