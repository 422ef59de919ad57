// From the table of tools to tools/list and tools/call, for one caller. The SDK's own registry is not used: it knows one name
// for a tool, and makes its schemas anew for each request.
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { CallToolResult, InputRequiredResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import type { RateLimiter } from '../access/rate-limit.ts';
import { parseInput } from '../operations/operation.ts';
import type { CallParts, Caller } from './caller.ts';
import { canAsk } from './consent.ts';
import type { Consents } from './consent.ts';
import { AnswerTooLong, DeadlineExceeded, toToolFailure } from './tool-failure.ts';
import { showName, showNames } from './tool-names.ts';
import type { ToolNameStyle } from './tool-names.ts';
import type { NextStep, Tool, ToolAnswer, ToolContext } from './tool.ts';
import type { Watch, Watched } from './watch-call.ts';
import { toWireSchema } from './wire-schema.ts';

export interface ServeToolsParts {
  readonly caller: Caller;
  readonly watch: Watch;
  readonly consents: Consents;
  /** Is it a name of the roster? Approval is never an agent's. */
  readonly isAgent: (name: string) => boolean;
  /** For tools that change something: a model in a loop must not flood agents and the fix engine. */
  readonly changes: RateLimiter;
  readonly createContext: (call: CallParts) => ToolContext;
  readonly onUnforeseen: (cause: unknown) => void;
}

interface Call {
  readonly tool: Tool;
  readonly input: Readonly<Record<string, unknown>>;
  readonly context: ServerContext;
}

interface Answered extends Watched {
  /** The error: what stands in the way of the call itself. */
  readonly result: CallToolResult | InputRequiredResult | ProtocolError;
}

/** Claude Code puts longer results away into a file (50,000); with room for what a client adds. */
const MAX_ANSWER_CHARS = 40_000;

/** Clients give up after 60 s by default: an answer of ours is better than none. */
const DEADLINE_MS = 50_000;

/** Longest part of an unknown name that is said back. */
const MAX_NAME_SHOWN = 100;

export function serveTools(server: McpServer, tools: readonly Tool[], parts: ServeToolsParts): void {
  const { style, principal } = parts.caller;
  const permitted = tools.filter(({ scope }) => principal.scopes.has(scope));
  const byName = new Map(
    permitted.flatMap((tool) => [
      [tool.name as string, tool],
      [showName(tool.name, 'underscore'), tool],
    ]),
  );

  server.server.setRequestHandler('tools/list', ({ params }) => {
    if (params?.cursor !== undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'there is only one page');
    return { tools: permitted.map((tool) => describe(tool, style)) };
  });
  server.server.setRequestHandler('tools/call', async ({ params }, context) => {
    const tool = byName.get(params.name);
    // A tool that this token may not use is as unknown as one that does not exist.
    if (tool === undefined) {
      const name = params.name.slice(0, MAX_NAME_SHOWN);
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${name} not found`);
    }
    const call = { tool, input: params.arguments ?? {}, context };
    const { _meta: meta } = context.mcpReq;
    const watched = { method: 'tools/call', name: tool.name, input: call.input, meta } as const;
    const { result } = await parts.watch(watched, () => answer(server, call, parts));
    if (result instanceof ProtocolError) throw result;
    return result;
  });
}

interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: ReturnType<typeof toWireSchema>;
  readonly outputSchema: ReturnType<typeof toWireSchema>;
  readonly annotations: Tool['annotations'];
}

const definitions = new WeakMap<Tool, Record<ToolNameStyle, ToolDefinition>>();

/** Made once: a server object lives for one request. */
export function describe(tool: Tool, style: ToolNameStyle): ToolDefinition {
  const known = definitions.get(tool);
  if (known !== undefined) return known[style];
  const dotted = {
    name: tool.name,
    description: tool.description,
    inputSchema: toWireSchema(tool.input, 'input'),
    outputSchema: toWireSchema(tool.output, 'output'),
    annotations: tool.annotations,
  };
  const underscore = {
    ...dotted,
    name: showName(tool.name, 'underscore'),
    description: showNames(tool.description, 'underscore'),
  };
  definitions.set(tool, { dotted, underscore });
  return { dotted, underscore }[style];
}

async function answer(server: McpServer, call: Call, parts: ServeToolsParts): Promise<Answered> {
  const { principal, style } = parts.caller;
  const { tool, context } = call;
  const { _meta: meta } = context.mcpReq;
  const signal = AbortSignal.any([context.mcpReq.signal, AbortSignal.timeout(DEADLINE_MS)]);
  try {
    if (!tool.annotations.readOnlyHint) parts.changes.admit(principal, 1);
    const input = parseInput(tool.input, call.input);
    const asked = { tokenId: principal.tokenId, tool: tool.name, input };
    const decision = parts.consents.decide(asked, context);
    const given = await before(signal, () => tool.run(parts.createContext({ signal, meta, decision }), input));
    const mayConsent = principal.scopes.has('approve') && !parts.isAgent(principal.name);
    const isAsked = decision === undefined && mayConsent && canAsk(server, context);
    if (given.kind === 'consent' && isAsked) {
      return { result: await parts.consents.ask(asked, given), outcome: 'OK', chars: 0, truncated: false };
    }
    return toAnswered(tool, given, style);
  } catch (cause) {
    // An approval that is none of ours.
    if (cause instanceof ProtocolError) return { result: cause, outcome: 'FORBIDDEN', chars: 0, truncated: false };
    return toFailed(call, signal.aborted ? new DeadlineExceeded() : cause, parts);
  }
}

function toAnswered(tool: Tool, given: ToolAnswer<Record<string, unknown>>, style: ToolNameStyle): Answered {
  // What the schema does not name does not go out.
  const output = shownIn(style, tool.output.parse(given.output));
  const text = JSON.stringify(output);
  if (text.length > MAX_ANSWER_CHARS) throw new AnswerTooLong();
  return {
    result: { content: [{ type: 'text', text }], structuredContent: output },
    outcome: 'OK',
    chars: text.length,
    truncated: given.kind === 'answer' && given.truncated,
    output,
  };
}

function toFailed({ tool, input, context }: Call, cause: unknown, { caller, onUnforeseen }: ServeToolsParts): Answered {
  const failure = toToolFailure(cause, { tool: tool.name, input });
  if (failure.code === 'INTERNAL') onUnforeseen(cause);
  const text = JSON.stringify(shownIn(caller.style, { ...failure }));
  return {
    // No structuredContent: clients check that against the schema of answers.
    result: { content: [{ type: 'text', text }], isError: true },
    outcome: context.mcpReq.signal.aborted ? 'CANCELLED' : failure.code,
    chars: text.length,
    truncated: false,
  };
}

/** Tools name each other dotted; the caller is told the names that it was shown. */
function shownIn(style: ToolNameStyle, output: Record<string, unknown>): Record<string, unknown> {
  if (style === 'dotted') return output;
  const { next_steps: steps, undo } = output as {
    next_steps?: readonly NextStep[];
    undo?: Pick<NextStep, 'tool'> | null;
  };
  return {
    ...output,
    ...(steps === undefined
      ? {}
      : {
          next_steps: steps.map((step) => ({
            ...step,
            tool: showName(step.tool, style),
            reason: showNames(step.reason, style),
          })),
        }),
    ...(undo === undefined || undo === null ? {} : { undo: { ...undo, tool: showName(undo.tool, style) } }),
  };
}

/** Operations can't be stopped halfway; their answer is no longer waited for. */
async function before<Value>(signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  const aborted = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(new DeadlineExceeded());
    signal.addEventListener('abort', () => reject(new DeadlineExceeded()), { once: true });
  });
  return Promise.race([aborted, work()]);
}
