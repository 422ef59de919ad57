// Errors as they are stored, over one EventSource for the whole page. Nothing is missed and nothing told twice: after a cut
// the stream goes on behind the last event seen. While the page is hidden for long it is given up, because a browser holds
// six connections to one server, and tabs would eat them.
import { signal } from '@preact/signals';
import { addressOf, isThere } from './api-client.ts';
import type { ErrorItem } from './answers.ts';

type Listener = (errors: readonly ErrorItem[]) => void;

export const liveState = signal<'connecting' | 'live' | 'away'>('connecting');

/** In a storm listeners hear of many errors at once, and not more often than this. */
const GATHER_MS = 60;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
const HIDDEN_MS = 60_000;

const listeners = new Set<Listener>();
let source: EventSource | undefined;
let lastEventId: string | undefined;
let gathered: ErrorItem[] = [];
let gathering: ReturnType<typeof setTimeout> | undefined;
let retry: ReturnType<typeof setTimeout> | undefined;
let hiding: ReturnType<typeof setTimeout> | undefined;
let retryMs = FIRST_RETRY_MS;

/** Returns what ends it. */
export function hearErrors(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Starts anew: after sign-in, and for another company. */
export function startLive(): void {
  stopLive();
  lastEventId = undefined;
  connect();
}

export function stopLive(): void {
  clearTimeout(retry);
  source?.close();
  source = undefined;
  liveState.value = 'connecting';
}

export function restWhileHidden(): void {
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(() => source?.close(), HIDDEN_MS);
    else if (source?.readyState === EventSource.CLOSED) connect();
  });
}

function connect(): void {
  clearTimeout(retry);
  source?.close();
  const opened = new EventSource(addressOf('/api/stream', { last_event_id: lastEventId }));
  source = opened;
  opened.addEventListener('open', () => {
    liveState.value = 'live';
    retryMs = FIRST_RETRY_MS;
  });
  // Of an answer, and of a connection that failed alike: only the former has data.
  opened.addEventListener('error', (event) => {
    if (event instanceof MessageEvent) hear(event);
    else if (source === opened) lose(opened);
  });
}

function hear({ data, lastEventId: id }: MessageEvent): void {
  lastEventId = id;
  gathered.push(JSON.parse(String(data)) as ErrorItem);
  gathering ??= setTimeout(() => {
    const errors = gathered;
    gathered = [];
    gathering = undefined;
    for (const listener of listeners) listener(errors);
  }, GATHER_MS);
}

/** EventSource connects again by itself after a cut, but not after a no; which no it was, it doesn't say. */
function lose(lost: EventSource): void {
  liveState.value = 'away';
  // Where the session is over, this leads to the sign-in form; where nothing answers, the banner says so.
  void isThere();
  if (lost.readyState !== EventSource.CLOSED) return;
  retry = setTimeout(connect, retryMs);
  retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
}
