// Who is on the other side of one server object, and what is there for them.
import type { Principal } from '../access/principal.ts';
import type { Prompt } from './prompt.ts';
import type { Resource } from './resource.ts';
import type { ToolNameStyle } from './tool-names.ts';
import type { Tool, ToolContext } from './tool.ts';

/** A request, and whose it is. */
export interface Visit {
  readonly principal: Principal;
  /** How it is shown the names of tools. */
  readonly style: ToolNameStyle;
}

export interface Caller extends Visit {
  /** As this caller: in process, or through a processor's REST. */
  readonly perform: ToolContext['perform'];
}

/** All of it; each caller sees what its token is good for. */
export interface Surface {
  /** Seen by every model in every conversation, even where tools are looked up only when needed. */
  readonly instructions: string;
  readonly tools: readonly Tool[];
  readonly resources: readonly Resource[];
  readonly prompts: readonly Prompt[];
}
