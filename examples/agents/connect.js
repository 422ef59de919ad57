// What the three share: a real MCP client for each agent, as any program or model would use one.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const url = new URL('/mcp', process.env.ERRATA_URL ?? 'http://127.0.0.1:8092');

/** `token`: the agent's own, by which Errata knows it. Without tokens this machine may do everything. */
export async function connect(name, token = process.env.ERRATA_TOKEN) {
  const client = new Client({ name, version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  await client.connect(new StreamableHTTPClientTransport(url, { requestInit: { headers } }));
  return {
    /** The data that the tool answers; throws its code and hint when it refuses. */
    async call(tool, input) {
      const { content, structuredContent, isError } = await client.callTool({ name: tool, arguments: input });
      if (isError) throw new Error(`${tool}: ${content[0].text}`);
      return structuredContent;
    },
    close: () => client.close(),
  };
}

/** Asks every half second until there is an answer, for two minutes at most. */
export async function until(what, ask) {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`waited two minutes for ${what}`);
}
