// The errors stage: one OTLP delivery in, its errors out, each occurrence once. Pure but for what it remembers: ids and
// spans of earlier deliveries and what became of repeated texts, all bounded. reference: error-tracking (c.3) and (d).
import type { Candidate, Delivery, SpanCandidate } from '../ingest/candidate.ts';
import { ExplainedSpans, foldBubbling } from './bubbling.ts';
import type { Owned } from './bubbling.ts';
import { CardinalityBreaker } from './cardinality-breaker.ts';
import type { OpenedGroup } from './cardinality-breaker.ts';
import type { ErrorEvent } from './error-event.ts';
import { createEventBuilder } from './event-builder.ts';
import type { Identity } from './event-builder.ts';
import { KnownOccurrences } from './known-occurrences.ts';
import type { DraftIds } from './known-occurrences.ts';
import { occurrenceOfLog } from './log-occurrence.ts';
import { tracedId, untracedId } from './occurrence-id.ts';
import type { Occurrence } from './occurrence.ts';
import { createRedactor } from './redact.ts';
import type { RedactionSettings } from './redact.ts';
import type { RedactionRule } from './redact-rules.ts';
import { occurrenceOfReport } from './reported-error.ts';
import type { ReportedError } from './reported-error.ts';
import { factsOf } from './resource-facts.ts';
import type { ResourceFacts } from './resource-facts.ts';
import { occurrencesOfSpan } from './span-occurrences.ts';

export interface ErrorMakerSettings {
  readonly retentionDays?: number;
  readonly redaction?: RedactionSettings;
}

export interface MadeErrors {
  readonly events: readonly ErrorEvent[];
  /** Bare ERROR statuses of spans above a span whose exception tells the same failure. */
  readonly folded: number;
  /** Spans that tell of no error: ERROR for nothing but an HTTP 4xx. */
  readonly ignored: number;
  /** Twins within the delivery, joined into the richer one. */
  readonly duplicates: number;
  /** Candidates that are bad for good. */
  readonly rejected: number;
  readonly rejectedReason?: string;
  /** Groups to be aliased, of this delivery and of reports since the last one; handed on until they were remembered. */
  readonly opened: readonly OpenedGroup[];
  /** For `remember`. */
  readonly memory: DeliveryMemory;
}

export interface DeliveryMemory {
  readonly ids: ReadonlyMap<string, number>;
  readonly explained: ReadonlySet<string>;
}

export interface ReportContext {
  readonly companyId: number;
  readonly nowMs: number;
  /** For reports without a trace: each is an occurrence of its own. */
  readonly newId: () => string;
}

export interface ErrorMaker {
  /** All errors of one delivery, oldest first, each occurrence once. Throws nothing. */
  fromDelivery(delivery: Delivery, nowMs: number): MadeErrors;
  /** A validated report, as its error. */
  fromReport(report: ReportedError, context: ReportContext): ErrorEvent;
  /** After the events are durable and `opened` is written: what later deliveries fold into or are neighbours of. */
  remember(made: Pick<MadeErrors, 'memory' | 'opened'>): void;
  /** At start: strict fingerprints of the last 24 h by loose one. */
  seed(rows: Iterable<{ companyId: number; loose: string; strict: readonly string[] }>, nowMs: number): void;
  /** Secrets found so far, by rule. */
  redactions(): Readonly<Record<RedactionRule, number>>;
}

const DEFAULT_RETENTION_DAYS = 30;
const BAD_COMPANY = 'company.id is not a whole number between 1 and 4294967295';

export function createErrorMaker(settings: ErrorMakerSettings = {}): ErrorMaker {
  const retentionDays = settings.retentionDays ?? DEFAULT_RETENTION_DAYS;
  const redactor = createRedactor(settings.redaction ?? { enabled: true });
  const build = createEventBuilder(redactor);
  const breaker = new CardinalityBreaker();
  const known = new KnownOccurrences();
  const explainedSpans = new ExplainedSpans();

  const eventOf = (
    occurrence: Occurrence,
    companyId: number,
    moment: { nowMs: number; drafts: DraftIds },
  ): ErrorEvent =>
    build(occurrence, {
      companyId,
      nowMs: moment.nowMs,
      retentionDays,
      idOf: (identity) => occurrenceId(occurrence, identity, { companyId, known, drafts: moment.drafts }),
    });

  return {
    fromDelivery(delivery, nowMs) {
      const { accepted, rejected } = acceptedOf(delivery);
      const { occurrences, folded, ignored, explained } = foldedOf(accepted, explainedSpans);
      const drafts: DraftIds = new Map();
      const byId = new Map<string, ErrorEvent>();
      for (const { companyId, occurrence } of occurrences) {
        const event = eventOf(occurrence, companyId, { nowMs, drafts });
        const twin = byId.get(event.id);
        if (twin === undefined || event.richness > twin.richness) byId.set(event.id, event);
      }
      const events = [...byId.values()].map((event) => {
        const judged = breaker.judge(event.companyId, event.grouping, nowMs);
        return judged === event.fingerprint ? event : { ...event, fingerprint: judged };
      });
      return {
        events,
        folded,
        ignored,
        duplicates: occurrences.length - events.length,
        rejected,
        ...(rejected > 0 && { rejectedReason: BAD_COMPANY }),
        opened: breaker.opened(nowMs),
        memory: { ids: drafts, explained },
      };
    },
    fromReport(report, context) {
      const { companyId, nowMs } = context;
      const occurrence = occurrenceOfReport(report, companyId);
      const event = eventOf(occurrence, companyId, { nowMs, drafts: new Map() });
      const fingerprint = breaker.judge(companyId, event.grouping, nowMs);
      return { ...event, fingerprint, id: event.traceId === '' ? context.newId() : event.id };
    },
    remember({ memory, opened }) {
      known.remember(memory.ids);
      explainedSpans.remember(memory.explained);
      breaker.acknowledge(opened);
    },
    seed: (rows, nowMs) => breaker.seed(rows, nowMs),
    redactions: () => redactor.counts(),
  };
}

interface OwnedWithFacts extends Owned<Candidate> {
  readonly facts: ResourceFacts;
}

function acceptedOf(delivery: Delivery): { accepted: readonly OwnedWithFacts[]; rejected: number } {
  const factsByResource = new Map<unknown, ResourceFacts>();
  const accepted: OwnedWithFacts[] = [];
  for (const candidate of delivery.candidates) {
    let facts = factsByResource.get(candidate.resource);
    if (facts === undefined) {
      facts = factsOf(candidate.resource, delivery.principal);
      factsByResource.set(candidate.resource, facts);
    }
    if (facts.companyId !== undefined) accepted.push({ candidate, facts, companyId: facts.companyId });
  }
  return { accepted, rejected: delivery.candidates.length - accepted.length };
}

interface Folded {
  /** Oldest first, so that ids do not depend on the order within the delivery. */
  readonly occurrences: readonly { readonly companyId: number; readonly occurrence: Occurrence }[];
  readonly folded: number;
  readonly ignored: number;
  readonly explained: ReadonlySet<string>;
}

function foldedOf(accepted: readonly OwnedWithFacts[], explainedSpans: ExplainedSpans): Folded {
  const all: { companyId: number; occurrence: Occurrence; candidate: Candidate }[] = [];
  const bare: Owned<SpanCandidate>[] = [];
  const telling: Owned<Candidate>[] = [];
  let ignored = 0;
  for (const owned of accepted) {
    const { candidate, facts, companyId } = owned;
    const found = candidate.kind === 'log' ? [occurrenceOfLog(candidate, facts)] : occurrencesOfSpan(candidate, facts);
    if (found.length === 0) ignored += 1;
    for (const occurrence of found) {
      all.push({ companyId, occurrence, candidate });
      if (candidate.kind === 'span' && occurrence.source === 'span_status') bare.push({ companyId, candidate });
      else if (candidate.kind === 'span' || hasException(occurrence)) telling.push(owned);
    }
  }
  const { folded, explained } = foldBubbling(bare, telling, explainedSpans);
  const occurrences = all
    .filter(({ candidate }) => candidate.kind === 'log' || !folded.has(candidate))
    .sort((a, b) => compare(a.occurrence.timeUnixNano, b.occurrence.timeUnixNano));
  return { occurrences, folded: folded.size, ignored, explained };
}

/** A line at ERROR says that something failed, but not that it is what its span failed of. */
function hasException(occurrence: Occurrence): boolean {
  return occurrence.exceptionType !== '' || occurrence.stackTrace !== '';
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function occurrenceId(
  occurrence: Occurrence,
  { message, exceptionType, timeMs }: Identity,
  { companyId, known, drafts }: { companyId: number; known: KnownOccurrences; drafts: DraftIds },
): string {
  const { traceId, spanId, facts, scopeName, timeUnixNano, severity } = occurrence;
  const { service, instance } = facts;
  if (traceId === '') {
    const key = { companyId, service, instance, scopeName, timeUnixNano, severity, message, exceptionType };
    return untracedId(key, Math.floor(timeMs / 60_000));
  }
  const key = { companyId, service, traceId, spanId, message, exceptionType };
  return known.resolve(timeMs, (minute) => tracedId(key, minute), drafts);
}
