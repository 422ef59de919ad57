// Server-sent events (HTML standard, section 9.2). Fastify pipes the generator to the socket, so a slow reader stops the
// generator and fills no memory; how many may be open is bounded per token and in all.
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Failure } from '../failure.ts';
import { openStream } from '../operations/operation.ts';
import type { OperationDeps, StreamItem } from '../operations/operation.ts';
import type { Callers } from './callers.ts';
import { createInputReader } from './read-input.ts';
import { recordActivity } from './record-activity.ts';
import type { StreamRoute } from './routes.ts';

interface StreamParts {
  readonly operations: OperationDeps;
  readonly callers: Callers;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** In a storm each open stream asks the store twice a second. */
const MAX_STREAMS = 32;
const MAX_STREAMS_PER_TOKEN = 8;

/** Readers reconnect by themselves; a connection that nobody reads any more is gone after this. */
const LIFETIME_MS = 3_600_000;

const END_WITHIN_MS = 500;

/** How long a reader waits before it reconnects. */
const RECONNECT_MS = 1_000;

export function serveStreams(
  server: FastifyInstance,
  routes: readonly StreamRoute[],
  { operations, callers, stopping }: StreamParts,
): void {
  const seats = createSeats();
  for (const route of routes) {
    const { method, path, operation } = route;
    const recorded = recordActivity(route, { operations, callers });
    const readInput = createInputReader({ method, path, operation });
    server.route({
      method,
      url: path,
      ...recorded,
      onRequest: [recorded.onRequest, callers.admit],
      exposeHeadRoute: false,
      async handler(request, reply) {
        const principal = callers.get(request);
        const closed = new AbortController();
        const signal = AbortSignal.any([
          stopping,
          closed.signal,
          AbortSignal.timeout(LIFETIME_MS),
          callers.standing(request, closed.signal),
        ]);
        const input = { ...readInput(request), ...lastEventId(request.headers['last-event-id']) };
        const items = openStream(operation, { ...operations, signal }, { input, principal });
        const leave = seats.take(principal.tokenId);
        reply.raw.once('close', () => {
          closed.abort();
          leave();
        });
        const events = Readable.from(eventTexts(items), { objectMode: false });
        signal.addEventListener('abort', () => endSoon(events), { once: true });
        return reply
          .headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
          .send(events);
      },
    });
  }
}

/** The generator ends by itself, unless its reader stands still: then nobody asks it to go on. */
function endSoon(events: Readable): void {
  const timer = setTimeout(() => events.destroy(), END_WITHIN_MS);
  events.once('close', () => clearTimeout(timer));
}

async function* eventTexts(items: AsyncGenerator<StreamItem<unknown>>): AsyncGenerator<string> {
  // At once, so that a reader knows that it is connected.
  yield `retry: ${RECONNECT_MS}\n: connected\n\n`;
  for await (const event of items) {
    yield event.kind === 'idle'
      ? `id: ${event.position}\n: nothing new\n\n`
      : `id: ${event.position}\nevent: error\ndata: ${JSON.stringify(event.item)}\n\n`;
  }
}

/** What an EventSource sends when it reconnects; it outranks the query, which still holds the position of the first time. */
function lastEventId(header: string | string[] | undefined): { readonly last_event_id?: string } {
  return typeof header === 'string' && header !== '' ? { last_event_id: header } : {};
}

function createSeats() {
  const taken = new Map<string, number>();
  let all = 0;
  return {
    /** The returned function gives the seat back; safe twice. */
    take(tokenId: string): () => void {
      const own = taken.get(tokenId) ?? 0;
      if (own >= MAX_STREAMS_PER_TOKEN) {
        throw new Failure('RATE_LIMITED', `this token has ${MAX_STREAMS_PER_TOKEN} streams open already`);
      }
      if (all >= MAX_STREAMS) throw new Failure('OVERLOADED', `${MAX_STREAMS} streams are open already`);
      all += 1;
      taken.set(tokenId, own + 1);
      let seated = true;
      return () => {
        if (!seated) return;
        seated = false;
        all -= 1;
        const left = (taken.get(tokenId) ?? 1) - 1;
        if (left === 0) taken.delete(tokenId);
        else taken.set(tokenId, left);
      };
    },
  };
}
