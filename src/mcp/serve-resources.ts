// From the table of resources to resources/list, templates and read, for one caller.
import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import type { McpServer, ReadResourceResult, ServerContext } from '@modelcontextprotocol/server';
import { toFailure } from '../failure.ts';
import type { CallParts, Caller } from './caller.ts';
import type { Resource } from './resource.ts';
import { showNames } from './tool-names.ts';
import type { ToolContext } from './tool.ts';
import type { Watch, Watched } from './watch-call.ts';

export interface ServeResourcesParts {
  readonly caller: Caller;
  readonly watch: Watch;
  readonly createContext: (call: CallParts) => ToolContext;
  readonly onUnforeseen: (cause: unknown) => void;
}

interface Read extends Watched {
  readonly result: ReadResourceResult | ProtocolError;
}

export function serveResources(server: McpServer, resources: readonly Resource[], parts: ServeResourcesParts): void {
  for (const resource of resources) {
    if (!parts.caller.principal.scopes.has(resource.scope)) continue;
    const { name, uri, title, mimeType, ttlMs } = resource;
    const description = showNames(resource.description, parts.caller.style);
    const config = { title, description, mimeType, cacheHint: { ttlMs, cacheScope: 'private' } } as const;
    const read = async (asked: URL, input: Readonly<Record<string, string>>, context: ServerContext) => {
      const { _meta: meta } = context.mcpReq;
      const reading = { resource, uri: asked.href, input, context };
      const watched = { method: 'resources/read', name: uri, input, meta } as const;
      const { result } = await parts.watch(watched, () => readOne(reading, parts));
      if (result instanceof ProtocolError) throw result;
      return result;
    };
    if (!resource.isTemplate) server.registerResource(name, uri, config, (asked, context) => read(asked, {}, context));
    else {
      const template = new ResourceTemplate(uri, { list: undefined });
      server.registerResource(name, template, config, (asked, variables, context) =>
        read(asked, oneOfEach(variables), context),
      );
    }
  }
}

interface Reading {
  readonly resource: Resource;
  readonly uri: string;
  readonly input: Readonly<Record<string, string>>;
  readonly context: ServerContext;
}

async function readOne({ resource, uri, input, context }: Reading, parts: ServeResourcesParts): Promise<Read> {
  const { signal, _meta: meta } = context.mcpReq;
  try {
    const text = await resource.read(parts.createContext({ signal, meta }), input);
    // JSON holds data, in which a name is data.
    const shown = resource.mimeType === 'text/markdown' ? showNames(text, parts.caller.style) : text;
    const contents = [{ uri, mimeType: resource.mimeType, text: shown }];
    return { result: { contents }, outcome: 'OK', chars: shown.length, truncated: false };
  } catch (cause) {
    const failure = toFailure(cause);
    if (failure.code === 'INTERNAL') parts.onUnforeseen(cause);
    const result =
      failure.code === 'NOT_FOUND'
        ? new ResourceNotFoundError(uri)
        : new ProtocolError(ProtocolErrorCode.InternalError, `${failure.code}: ${failure.message}`);
    return { result, outcome: failure.code, chars: 0, truncated: false };
  }
}

/** Level 1 templates give one value for each name. */
function oneOfEach(variables: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, decode([value].flat()[0] ?? '')]));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // As it is: no id of ours looks like that.
    return text;
  }
}
