// How fast errors are matched against eight rules of the shipped kind, per core, against asking each rule's conditions alone.
import { holds } from '../src/healing/conditions.ts';
import { fieldOf } from '../src/healing/error-fields.ts';
import { createMatcher } from '../src/healing/matcher.ts';
import type { Rule } from '../src/healing/rule.ts';
import type { HealingError } from '../src/store/attempt-store.ts';
import { errorOf, ruleOf, whenOf } from '../test/healing/rule-of.ts';
import { median } from './median.ts';
import type { BenchRow } from './row.ts';

const ERRORS = 200_000;
const ROUNDS = 5;
const TYPES = [
  'service_not_responding',
  'health_check_failed',
  'database_connection',
  'out_of_memory',
  'payment_failure',
];

export async function benchMatch(): Promise<readonly BenchRow[]> {
  const [rules, errors] = [shippedKind(), makeErrors()];
  const match: number[] = [];
  const ask: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const matcher = createMatcher(rules);
    match.push(perSecond(errors, (error) => matcher.observe(error)));
    ask.push(
      perSecond(errors, (error) => rules.filter(({ when }) => holds(when.match, (name) => fieldOf(error, name)))),
    );
  }
  const [value, referenceValue] = [median(match), median(ask)];
  return [
    {
      what: 'match errors of 300 services against 8 rules',
      value,
      unit: 'errors/s/core',
      reference: 'their conditions alone, each rule for each error',
      referenceValue,
      ratio: value / referenceValue,
      target: '≥ 0.2',
    },
  ];
}

function perSecond(errors: readonly HealingError[], work: (error: HealingError) => unknown): number {
  const startMs = performance.now();
  for (const error of errors) work(error);
  return (errors.length / (performance.now() - startMs)) * 1_000;
}

function shippedKind(): readonly Rule[] {
  const about = (type: string, change: Parameters<typeof whenOf>[0] = {}) => {
    const match = { all: [{ name: 'error_type', op: 'eq', value: type } as const], any: [], none: [] };
    return ruleOf({ id: `${type} ${JSON.stringify(change)}`, when: whenOf({ match, ...change }) });
  };
  const anyOf = [
    { name: 'message', op: 'contains', value: 'ECONNREFUSED' },
    { name: 'message', op: 'regex', value: 'timed? ?out' },
  ] as const;
  return [
    ...TYPES.map((type) => about(type)),
    about('database_connection', { groupBy: ['peer.address', 'peer.port'], count: 5 }),
    about('service_not_responding', { groupBy: ['peer.name'], distinct: { field: 'service', min: 2 } }),
    ruleOf({
      id: 'any type',
      when: whenOf({ match: { all: [], any: anyOf, none: [] }, ratio: { min: 0.5, samples: 20 } }),
    }),
  ];
}

/** 1000 a second, of five types and 300 services. */
function makeErrors(): readonly HealingError[] {
  return Array.from({ length: ERRORS }, (_, n) =>
    errorOf(n, {
      service: `service-${(n * 7_919) % 300}`,
      errorType: TYPES[(n * 31) % TYPES.length] ?? '',
      message: n % 4 === 0 ? 'connect ECONNREFUSED 10.0.0.4:5432' : 'upstream request timeout after 3000 ms',
      details: { 'server.address': `db-${n % 20}`, 'server.port': 5432, 'http.request.method': 'GET' },
      fingerprint: String(n % 500).padStart(32, '0'),
    }),
  );
}
