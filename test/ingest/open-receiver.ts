// A real receiver whose next stage keeps what it is given, or fails as the test says.
import { pino } from 'pino';
import type { Principal, Scope } from '../../src/access/principal.ts';
import { Failure } from '../../src/failure.ts';
import type { Acceptance, Candidate, Delivery } from '../../src/ingest/candidate.ts';
import { createReceiver } from '../../src/ingest/receiver.ts';
import type { Receiver, ReceiverDeps, ReceiverSettings } from '../../src/ingest/receiver.ts';
import type { RequestOutcome } from '../../src/ingest/refusal.ts';
import { createMetrics } from '../../src/metrics.ts';

export interface TestReceiver extends Receiver {
  readonly deliveries: Delivery[];
  readonly outcomes: RequestOutcome[];
  /** Of all deliveries. */
  candidates(): readonly Candidate[];
  metricsText(): string;
}

interface Options {
  readonly settings?: Partial<ReceiverSettings>;
  readonly accept?: (delivery: Delivery) => Promise<Acceptance>;
  readonly authenticate?: ReceiverDeps['authenticate'];
  readonly admit?: ReceiverDeps['admit'];
}

function principalOf(company: number | '*', ...scopes: readonly Scope[]): Principal {
  return { tokenId: `t${company}`, name: 'test', company, scopes: new Set(scopes) };
}

/** `Bearer good` is company 7 and may ingest, `Bearer reader` may only read; anything else is nobody. */
export function authenticateTest(authorization: string | undefined): Principal {
  if (authorization === 'Bearer good') return principalOf(7, 'ingest');
  if (authorization === 'Bearer reader') return principalOf(7, 'read');
  throw new Failure('UNAUTHENTICATED', 'send a token');
}

export function openReceiver({ settings, accept, authenticate, admit }: Options = {}): TestReceiver {
  const deliveries: Delivery[] = [];
  const outcomes: RequestOutcome[] = [];
  const metrics = createMetrics();
  const receiver = createReceiver(
    {
      host: '127.0.0.1',
      port: 0,
      logThreshold: 13,
      corsOrigins: [],
      maxBytesInFlight: 268_435_456,
      ...settings,
    },
    {
      accept: async (delivery) => {
        const acceptance = accept === undefined ? { rejected: 0 } : await accept(delivery);
        deliveries.push(delivery);
        return acceptance;
      },
      authenticate: authenticate ?? (() => principalOf(7, 'ingest')),
      admit: admit ?? (() => undefined),
      onOutcome: (outcome) => outcomes.push(outcome),
      metrics,
      logger: pino({ level: 'silent' }),
    },
  );
  return {
    ...receiver,
    deliveries,
    outcomes,
    candidates: () => deliveries.flatMap((delivery) => delivery.candidates),
    metricsText: () => metrics.expose(),
  };
}
