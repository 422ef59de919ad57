// `errata mcp`: MCP over standard input and output, for clients that start their servers themselves. A thin client of a
// processor that runs: nothing is kept here. Standard output belongs to the protocol.
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Tracer } from '@opentelemetry/api';
import type { FastifyBaseLogger } from 'fastify';
import { Failure } from '../failure.ts';
import { getCaller } from '../operations/get-caller.ts';
import { createServerFactory } from './build-server.ts';
import { createRemote } from './perform-remote.ts';
import type { RemoteRoute } from './perform-remote.ts';
import type { RemoteSettings } from './remote-settings.ts';
import { toolNameStyles } from './settings-schema.ts';
import { surface } from './surface.ts';
import type { ToolNameStyle } from './tool-names.ts';

interface McpCommandParts {
  readonly settings: RemoteSettings;
  readonly routes: readonly RemoteRoute[];
  readonly stdin: NodeJS.ReadableStream;
  readonly stderr: { write(text: string): unknown };
  readonly tracer: Tracer;
  readonly logger: Pick<FastifyBaseLogger, 'error' | 'warn'>;
  readonly now: () => number;
}

const USAGE = `errata mcp [--tool-names ${toolNameStyles.join('|')}]   MCP over standard input and output

ERRATA_URL: the processor's API, http://127.0.0.1:8092 when not set. ERRATA_TOKEN: the token to call it with.
`;

/** Exit code: 0 the client is gone, 1 the processor refuses or is not there, 2 asked wrongly. */
export async function runMcpCommand(argv: readonly string[], parts: McpCommandParts): Promise<number> {
  const { stderr, settings, logger, tracer, now } = parts;
  const style = styleIn(argv);
  if (style === undefined) {
    stderr.write(USAGE);
    return argv.includes('--help') ? 0 : 2;
  }
  const perform = createRemote({ ...settings, routes: parts.routes });
  try {
    const { name, company, scopes, agent } = await perform(getCaller, {});
    const principal = { tokenId: 'stdio', name, company, scopes: new Set(scopes) };
    const createServer = createServerFactory({
      surface,
      adminUrl: settings.adminUrl,
      tracer,
      // REST writes it, at the other end.
      record: undefined,
      isAgent: () => agent !== null,
      logger,
      now,
    });
    serveStdio(() => createServer({ principal, style, perform }), {
      transport: new StdioServerTransport(),
      onerror: (error) => logger.warn({ err: error }, 'a message over MCP was refused'),
    });
    await finished(parts.stdin, { writable: false, error: false });
    return 0;
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    stderr.write(`errata mcp can't start: ${cause.message}\n`);
    return 1;
  }
}

function styleIn(argv: readonly string[]): ToolNameStyle | undefined {
  try {
    const { values } = parseArgs({ args: [...argv], options: { 'tool-names': { type: 'string', default: 'dotted' } } });
    return toolNameStyles.find((style) => style === values['tool-names']);
  } catch {
    return undefined;
  }
}
