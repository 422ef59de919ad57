// A resource as data, without a word of the SDK: resources.ts lists them. Names of tools in its texts are dotted; whoever
// shows them puts them in the caller's style.
import type { Scope } from '../access/principal.ts';
import type { ToolContext } from './tool.ts';

export interface Resource {
  readonly name: string;
  /** Fixed, or an RFC 6570 template of level 1: `errors://{error_id}`. */
  readonly uri: string;
  readonly isTemplate: boolean;
  readonly title: string;
  readonly description: string;
  readonly mimeType: 'application/json' | 'text/markdown';
  readonly scope: Scope;
  /** How long a client may keep it. */
  readonly ttlMs: number;
  /** The text. `params`: the values of the template, decoded. Throws Failure, NOT_FOUND for what is not there. */
  read(context: ToolContext, params: Readonly<Record<string, string>>): Promise<string>;
}
