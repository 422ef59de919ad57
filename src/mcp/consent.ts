// A person's yes, asked through their client (elicitation). The client hands the answer in together with a ticket of ours;
// an answer without one is nothing, so a model can't approve by answering what nobody asked. A ticket is signed, good for
// minutes, for one use, and for one token, tool, input and attempt.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import {
  CLIENT_CAPABILITIES_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  createRequestStateCodec,
  inputRequired,
  inputResponse,
} from '@modelcontextprotocol/server';
import type { ClientCapabilities, InputRequiredResult, McpServer, ServerContext } from '@modelcontextprotocol/server';

interface Ticket {
  readonly id: string;
  readonly tokenId: string;
  /** Of the tool and its input. */
  readonly digest: string;
  readonly attemptId: string;
}

interface Asked {
  readonly tokenId: string;
  readonly tool: string;
  /** As the schema left it: equal inputs have equal text. */
  readonly input: unknown;
}

export type Decision = { readonly kind: 'approved' | 'declined'; readonly attemptId: string };

export interface Consents {
  ask(asked: Asked, plan: { readonly attemptId: string; readonly question: string }): Promise<InputRequiredResult>;
  /** undefined: nothing was asked yet, or not answered. Throws what the client is told when the ticket is not for this call, or used. */
  decide(asked: Asked, context: ServerContext): Decision | undefined;
  /** Before any of it (ServerOptions.requestState): throws when it is no ticket of ours, or too old. */
  readonly verify: (state: string, context: ServerContext) => Promise<Ticket>;
}

/** A person reads and decides; later they can still do it on the admin page. */
export const TICKET_SECONDS = 300;

const ANSWER = 'approval';

export function createConsents({ now }: { readonly now: () => number }): Consents {
  // Dies with the process: a restart asks again.
  const codec = createRequestStateCodec<Ticket>({ key: randomBytes(32), ttlSeconds: TICKET_SECONDS });
  /** Ticket → when it may be forgotten, oldest first. */
  const used = new Map<string, number>();

  return {
    verify: (state, context) => codec.verify(state, context),
    async ask(asked, { attemptId, question }) {
      const ticket: Ticket = { id: randomUUID(), tokenId: asked.tokenId, digest: digestOf(asked), attemptId };
      return inputRequired({
        requestState: await codec.mint(ticket),
        inputRequests: {
          [ANSWER]: inputRequired.elicit({
            message: question,
            requestedSchema: {
              type: 'object',
              properties: { approve: { type: 'boolean', title: 'Approve', description: 'Carry out this plan' } },
              required: ['approve'],
            },
          }),
        },
      });
    },
    decide(asked, context) {
      const ticket = context.mcpReq.requestState<Ticket>();
      if (ticket === undefined) return undefined;
      if (ticket.tokenId !== asked.tokenId || ticket.digest !== digestOf(asked)) throw refusal();
      const answer = inputResponse(context.mcpReq.inputResponses, ANSWER);
      if (answer.kind !== 'elicit') return undefined;
      forgetOld(used, now());
      if (used.has(ticket.id)) throw refusal();
      used.set(ticket.id, now() + TICKET_SECONDS * 1_000);
      const approved = answer.action === 'accept' && answer.content?.['approve'] === true;
      return { kind: approved ? 'approved' : 'declined', attemptId: ticket.attemptId };
    },
  };
}

/**
 * Can this client put a form before its user? It says so with each request, or in its handshake where there is a session.
 * A bare `elicitation: {}` means forms (MCP 2025-06-18).
 */
export function canAsk(server: McpServer, context: ServerContext): boolean {
  const envelope: Readonly<Record<string, unknown>> = context.mcpReq.envelope ?? {};
  const declared = envelope[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  const elicitation = (declared ?? server.server.getClientCapabilities())?.elicitation;
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

function digestOf({ tool, input }: Asked): string {
  return createHash('sha256')
    .update(JSON.stringify([tool, input]))
    .digest('base64url');
}

/** Word for word what the SDK answers to a forged or expired one: nothing to learn from the difference. */
function refusal(): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid or expired requestState', {
    reason: 'invalid_request_state',
  });
}

function forgetOld(used: Map<string, number>, nowMs: number): void {
  for (const [id, forgetAtMs] of used) {
    if (forgetAtMs > nowMs) return;
    used.delete(id);
  }
}
