// A bare ERROR status on a span above one that has an exception is the same failure bubbling up: it is folded, not stored.
// explained span: its failure is told by another one. A stored exception explains the parent of its span (a log: its own
// span, whose parent it does not know); a folded span explains its parent.
import type { Candidate, SpanCandidate } from '../ingest/candidate.ts';
import { RecentMap } from './recent-map.ts';

/** Parents end within seconds after their children; about 10 MB. */
const MAX_EXPLAINED = 50_000;

export class ExplainedSpans {
  readonly #spans = new RecentMap<string, true>({ maxEntries: MAX_EXPLAINED });

  has(span: string): boolean {
    return this.#spans.get(span) !== undefined;
  }

  remember(spans: Iterable<string>): void {
    for (const span of spans) this.#spans.set(span, true);
  }
}

export interface Bubbled {
  /** Bare spans to leave out. */
  readonly folded: ReadonlySet<SpanCandidate>;
  /** To be remembered once the delivery is durable. */
  readonly explained: ReadonlySet<string>;
}

export interface Owned<C extends Candidate> {
  readonly companyId: number;
  readonly candidate: C;
}

/** `bare`: spans with nothing but a status. `telling`: candidates that bring an exception. */
export function foldBubbling(
  bare: readonly Owned<SpanCandidate>[],
  telling: readonly Owned<Candidate>[],
  known: ExplainedSpans,
): Bubbled {
  const explained = new Set<string>();
  for (const { companyId, candidate } of telling) {
    const spanId = candidate.kind === 'log' ? candidate.spanId : candidate.parentSpanId;
    if (spanId !== '' && candidate.traceId !== '') explained.add(spanKey(companyId, candidate.traceId, spanId));
  }
  const waiting = new Map<string, Owned<SpanCandidate>[]>();
  for (const owned of bare) {
    const key = spanKey(owned.companyId, owned.candidate.traceId, owned.candidate.spanId);
    const same = waiting.get(key);
    if (same === undefined) waiting.set(key, [owned]);
    else same.push(owned);
    if (known.has(key)) explained.add(key);
  }
  const folded = new Set<SpanCandidate>();
  // A Set that grows while it is walked: each folded span explains the next one up.
  for (const key of explained) {
    for (const { companyId, candidate } of waiting.get(key) ?? []) {
      folded.add(candidate);
      if (candidate.parentSpanId !== '') explained.add(spanKey(companyId, candidate.traceId, candidate.parentSpanId));
    }
  }
  return { folded, explained };
}

/** With the company: another one's trace must never hide an error. */
function spanKey(companyId: number, traceId: string, spanId: string): string {
  return `${companyId}/${traceId}/${spanId}`;
}
