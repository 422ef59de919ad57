// The last messages of one session, so that a client whose stream broke can ask for what it missed (2025 revisions only).
import type { EventStore, JSONRPCMessage } from '@modelcontextprotocol/server';

interface Entry {
  readonly n: number;
  readonly streamId: string;
  readonly message: JSONRPCMessage;
}

/** A stream breaks for seconds; what was said before these is lost, and the client asks again. */
const MAX_EVENTS = 64;

export function createEventLog(): EventStore {
  const entries: Entry[] = [];
  let last = 0;
  const find = (eventId: string) => entries.find(({ n }) => String(n) === eventId);
  return {
    async storeEvent(streamId, message) {
      last += 1;
      entries.push({ n: last, streamId, message });
      if (entries.length > MAX_EVENTS) entries.shift();
      return String(last);
    },
    getStreamIdForEventId: async (eventId) => find(eventId)?.streamId,
    async replayEventsAfter(lastEventId, { send }) {
      const from = find(lastEventId);
      if (from === undefined) throw new Error('that event is no longer known');
      const missed = entries.filter(({ n, streamId }) => n > from.n && streamId === from.streamId);
      for (const { n, message } of missed) await send(String(n), message);
      return from.streamId;
    },
  };
}
