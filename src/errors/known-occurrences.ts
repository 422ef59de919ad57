// Ids that were made lately close to a minute's edge, with the time of the occurrence: so that twins on both sides of the
// edge meet. All others have no neighbour that they could meet, and are not kept.
import { MINUTE_MS } from './occurrence-id.ts';
import { RecentMap } from './recent-map.ts';

/** A span event, its log copy and the copies on parent spans are this close together. */
const EDGE_MS = 5_000;
/** About 15 MB; at 1,000 errors a second ten edges, and only one is needed. */
const MAX_KNOWN = 100_000;

/** Ids made for a delivery that is not durable yet: looked at first, thrown away when the delivery fails. */
export type DraftIds = Map<string, number>;

export class KnownOccurrences {
  readonly #timeById = new RecentMap<string, number>({ maxEntries: MAX_KNOWN });

  remember(ids: ReadonlyMap<string, number>): void {
    for (const [id, timeMs] of ids) this.#timeById.set(id, timeMs);
  }

  /** The id of the occurrence at this time: the neighbouring minute's where a twin within 5 s has that one already. */
  resolve(timeMs: number, idOfMinute: (minute: number) => string, drafts: DraftIds): string {
    const minute = Math.floor(timeMs / MINUTE_MS);
    const neighbour = neighbourMinute(timeMs, minute);
    if (neighbour === undefined) return idOfMinute(minute);
    const id = this.#idAtEdge(timeMs, { own: idOfMinute(minute), neighbour: idOfMinute(neighbour) }, drafts);
    drafts.set(id, timeMs);
    return id;
  }

  #idAtEdge(timeMs: number, ids: { own: string; neighbour: string }, drafts: DraftIds): string {
    if (this.#timeOf(ids.own, drafts) !== undefined) return ids.own;
    const neighbourMs = this.#timeOf(ids.neighbour, drafts);
    return neighbourMs !== undefined && Math.abs(neighbourMs - timeMs) <= EDGE_MS ? ids.neighbour : ids.own;
  }

  #timeOf(id: string, drafts: DraftIds): number | undefined {
    return drafts.get(id) ?? this.#timeById.get(id);
  }
}

function neighbourMinute(timeMs: number, minute: number): number | undefined {
  const intoMinute = timeMs - minute * MINUTE_MS;
  if (intoMinute < EDGE_MS) return minute - 1;
  return intoMinute >= MINUTE_MS - EDGE_MS ? minute + 1 : undefined;
}
