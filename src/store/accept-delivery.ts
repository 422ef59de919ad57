// The receiver's next stage: candidates become errors, the store keeps them, and only then does errors/ remember them.
import { SpanStatusCode } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import type { Logger } from 'pino';
import { companyFor } from '../access/principal.ts';
import type { ErrorMaker } from '../errors/error-maker.ts';
import type { OpenedGroup } from '../errors/cardinality-breaker.ts';
import type { Accept, Acceptance, Delivery } from '../ingest/candidate.ts';
import type { Metrics } from '../metrics.ts';
import type { ErrorStore, Outcome } from './error-store.ts';

interface AcceptParts {
  readonly errorMaker: ErrorMaker;
  readonly store: ErrorStore;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly tracer: Tracer;
  readonly now: () => number;
}

export interface Acceptor {
  readonly accept: Accept;
  readonly count: (outcome: Outcome) => void;
}

/** A resource attribute of our own telemetry (app.ts sets it): it must never come back as errors of a service. */
export const SELF_ATTRIBUTE = 'errata.self';

export function createAcceptor({ errorMaker, store, metrics, logger, tracer, now }: AcceptParts): Acceptor {
  const outcomes = metrics.counter('errata_ingest_outcomes_total', 'What became of each record that reports an error.');
  const lag = metrics.gauge('errata_lag_seconds', 'From the newest error of the last request to its row.');

  function count(outcome: Outcome): void {
    if (outcome.count === 0) return;
    outcomes.add(outcome.count, { signal: outcome.signal, outcome: outcome.outcome, reason: outcome.reason });
    store.countOutcome(outcome);
  }

  const accept = (delivery: Delivery): Promise<Acceptance> =>
    tracer.startActiveSpan('accept delivery', async (span) => {
      span.setAttributes({ 'errata.signal': delivery.signal, 'errata.candidates': delivery.candidates.length });
      try {
        return await acceptInSpan(delivery);
      } catch (failure) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: String(failure) });
        throw failure;
      } finally {
        span.end();
      }
    });

  async function acceptInSpan(delivery: Delivery): Promise<Acceptance> {
    const made = errorMaker.fromDelivery(withoutOurOwn(delivery), now());
    const inserted = await store.insert(made.events);
    await openGroups(made.opened);
    errorMaker.remember(made);
    const newest = made.events.reduce((latest, event) => Math.max(latest, event.timestampMs), 0);
    if (newest > 0) lag.set(Math.max(0, now() - newest) / 1000);
    const companyId = made.events[0]?.companyId ?? companyFor(delivery.principal, undefined);
    const tell = (outcome: Outcome['outcome'], reason: string, n: number) =>
      count({ companyId, signal: delivery.signal, outcome, reason, count: n });
    tell('stored', '', inserted.stored);
    tell('duplicate', 'same occurrence', inserted.duplicates + made.duplicates);
    tell('folded', 'told by a child span', made.folded);
    tell('folded', 'client error status', made.ignored);
    tell('rejected', made.rejectedReason ?? '', made.rejected);
    return made.rejectedReason === undefined
      ? { rejected: made.rejected }
      : { rejected: made.rejected, message: made.rejectedReason };
  }

  async function openGroups(opened: readonly OpenedGroup[]): Promise<void> {
    for (const { companyId, loose, strict } of opened) {
      logger.info(
        { companyId, group: loose, joined: strict.length },
        'messages vary too much: grouped by code location',
      );
      const reason = 'grouped by code location because messages vary';
      await store.aliasGroups(
        companyId,
        strict.map((from) => ({ from, to: loose, reason })),
      );
    }
  }

  return { accept, count };
}

function withoutOurOwn(delivery: Delivery): Delivery {
  const candidates = delivery.candidates.filter((candidate) => candidate.resource.get(SELF_ATTRIBUTE) !== true);
  return candidates.length === delivery.candidates.length ? delivery : { ...delivery, candidates };
}
