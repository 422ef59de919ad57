// GET /api/stream: errors as they are stored. Each item carries its position; a reader that lost its connection goes on
// behind the last one it saw, so that nothing is missed and nothing is told twice.
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { companyFor } from '../access/principal.ts';
import type { ErrorStore, StoredError, StreamPosition } from '../store/error-store.ts';
import { isUuid } from './cursor.ts';
import { errorItem, toErrorItem } from './error-view.ts';
import { companyField, filterFields, severityList } from './fields.ts';
import { InvalidInput } from './invalid-input.ts';
import { defineStream } from './operation.ts';
import type { StreamItem } from './operation.ts';

/** Rows of one read. */
const BATCH = 200;

/** In a storm each stream reads this often at most: a store that commits fifty times a second is not read fifty times. */
const PACE_MS = 500;

/** Inserts of other processors wake nobody here, so the store is asked anyway after this long. */
const POLL_MS = 2_000;

/** Proxies cut connections that say nothing for 30 to 60 s. */
const IDLE_MS = 15_000;

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

export const streamErrors = defineStream({
  name: 'stream-errors',
  summary: 'Streams errors as they are stored, from now on or behind the last one seen.',
  scope: 'read',
  input: z.strictObject({
    severity: filterFields.severity,
    service: filterFields.service,
    last_event_id: z
      .string()
      .max(128)
      .optional()
      .describe('Position of the last event seen: the stream goes on after it.'),
    company_id: companyField,
  }),
  output: errorItem,
  run({ store, now, signal }, input, principal) {
    const severities = severityList(input.severity);
    const from =
      input.last_event_id === undefined ? { receivedAtMs: now(), id: BEFORE_ALL } : parse(input.last_event_id);
    return tail({
      store,
      now,
      signal,
      companyId: companyFor(principal, input.company_id),
      from,
      matches: (error) =>
        (severities === undefined || severities.includes(error.severity)) &&
        (input.service === undefined || error.service === input.service),
    });
  },
});

interface Tail {
  readonly store: ErrorStore;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly companyId: number;
  readonly from: StreamPosition;
  readonly matches: (error: StoredError) => boolean;
}

async function* tail({
  store,
  now,
  signal,
  companyId,
  from,
  matches,
}: Tail): AsyncGenerator<StreamItem<z.output<typeof errorItem>>> {
  let position = from;
  let toldAtMs = now();
  while (!signal.aborted) {
    const readAtMs = now();
    const read = new AbortController();
    // Waiting starts before reading: an insert between the two must not be slept through.
    const inserted = store.waitForInsert(POLL_MS, AbortSignal.any([signal, read.signal]));
    const errors = await store.listStoredAfter(companyId, position, BATCH).catch((failure: unknown) => {
      read.abort();
      throw failure;
    });
    for (const error of errors) {
      position = { receivedAtMs: error.receivedAtMs, id: error.id };
      if (!matches(error)) continue;
      yield { kind: 'item', position: format(position), item: toErrorItem(error) };
      toldAtMs = now();
    }
    if (now() - toldAtMs >= IDLE_MS) {
      yield { kind: 'idle', position: format(position) };
      toldAtMs = now();
    }
    if (errors.length === BATCH) {
      read.abort();
      continue;
    }
    await inserted;
    await pause(Math.min(Math.max(readAtMs + PACE_MS - now(), 0), PACE_MS), undefined, { signal }).catch(
      () => undefined,
    ); // aborted: the loop ends
  }
}

function format({ receivedAtMs, id }: StreamPosition): string {
  return `${receivedAtMs}.${id}`;
}

function parse(position: string): StreamPosition {
  const [, ms, id] = /^(\d{1,13})\.(.{36})$/.exec(position) ?? [];
  if (ms === undefined || id === undefined || !isUuid(id)) {
    throw new InvalidInput([{ field: 'last_event_id', message: 'is not one that this stream gave out' }]);
  }
  return { receivedAtMs: Number(ms), id };
}
