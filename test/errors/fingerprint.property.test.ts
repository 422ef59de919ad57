// What never changes a fingerprint and what always does, over generated errors.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createErrorMaker } from '../../src/errors/error-maker.ts';
import type { AttributeValue } from '../../src/ingest/candidate.ts';
import { attributes, delivery, exceptionEvent, NOW_MS, span } from './candidates.ts';

interface Frame {
  readonly func: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

interface Shown {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly Frame[];
  readonly root: string;
  readonly hash: string;
  readonly resource: readonly (readonly [string, AttributeValue])[];
}

const word = fc.stringMatching(/^[a-z]{3,10}$/);
const typeName = fc.stringMatching(/^[A-Z][a-z]{3,10}(?:Error|Failed)$/);
const hash = fc.stringMatching(/^[0-9][a-f][0-9a-f]{6}$/);
const host = fc.stringMatching(/^[a-z]{3,8}-[0-9]{1,3}$/);
const line = fc.integer({ min: 1, max: 9_999 });
const table = fc.stringMatching(/^[a-z]{3,10}_[a-z]{3,9}$/);
const id = fc.oneof(fc.nat().map(String), fc.uuid(), fc.stringMatching(/^[0-9a-f]{15}[0-9]$/), fc.ipV4());
const root = fc.constantFrom(
  '/app',
  '/usr/src/app',
  '/home/ann',
  'file:///workspace',
  'https://cdn.example.com',
  'C:\\app',
);

const base = fc.record({
  type: typeName,
  func: word,
  caller: word,
  file: word,
  table,
  verb: fc.constantFrom('insert into', 'update', 'delete from'),
});

function fingerprintOf(shown: Shown): string {
  const frames = shown.frames.map(
    ({ func, file, line: at, column }) => `    at ${func} (${shown.root}/src/${file}-${shown.hash}.js:${at}:${column})`,
  );
  const made = createErrorMaker().fromDelivery(
    delivery([
      span({
        resource: new Map(shown.resource),
        exceptions: [
          exceptionEvent({
            'exception.type': shown.type,
            'exception.message': shown.message,
            'exception.stacktrace': [`${shown.type}: ${shown.message}`, ...frames].join('\n'),
          }),
        ],
      }),
    ]),
    NOW_MS,
  );
  return made.events[0]?.fingerprint ?? '';
}

interface Base {
  readonly type: string;
  readonly func: string;
  readonly caller: string;
  readonly file: string;
  readonly table: string;
  readonly verb: string;
}

interface Chance {
  readonly id: string;
  readonly host: string;
  readonly hash: string;
  readonly root: string;
  readonly lines: readonly [number, number, number, number];
  readonly reversed: boolean;
}

const chance: fc.Arbitrary<Chance> = fc.record({
  id,
  host,
  hash,
  root,
  lines: fc.tuple(line, line, line, line),
  reversed: fc.boolean(),
});

function shown(of: Base, by: Chance): Shown {
  const resource: readonly (readonly [string, AttributeValue])[] = [
    ['service.name', 'shop'],
    ['telemetry.sdk.language', 'nodejs'],
    ['host.name', by.host],
    ['service.version', by.hash],
    ['container.id', `${by.hash}${by.hash}`],
  ];
  return {
    type: of.type,
    message: `${of.verb} "${of.table}" failed for ${by.id} on http://${by.host}.example.com:${by.lines[0]}/rows`,
    frames: [
      { func: of.func, file: of.file, line: by.lines[0], column: by.lines[1] },
      { func: of.caller, file: 'server', line: by.lines[2], column: by.lines[3] },
    ],
    root: by.root,
    hash: by.hash,
    resource: by.reversed ? resource.toReversed() : resource,
  };
}

test('ids, hosts, line numbers, deploy hashes, roots and attribute order never change it', () => {
  fc.assert(
    fc.property(base, chance, chance, (of, one, other) => {
      // An id of digits and a uuid are two kinds of ids: the kind is kept, the value is not.
      fc.pre(kindOf(one.id) === kindOf(other.id));
      expect(fingerprintOf(shown(of, one))).toBe(fingerprintOf(shown(of, other)));
    }),
  );
});

test.each<keyof Base>(['type', 'func', 'caller', 'file', 'table', 'verb'])('%s always changes it', (key) => {
  fc.assert(
    fc.property(base, base, chance, (of, other, by) => {
      fc.pre(of[key] !== other[key]);
      expect(fingerprintOf(shown({ ...of, [key]: other[key] }, by))).not.toBe(fingerprintOf(shown(of, by)));
    }),
  );
});

test('the service and its namespace always change it, the environment never', () => {
  const fingerprintIn = (resource: Record<string, string>): string =>
    createErrorMaker().fromDelivery(delivery([span({ resource: attributes(resource), statusMessage: 'boom' })]), NOW_MS)
      .events[0]?.fingerprint ?? '';
  const one = fingerprintIn({ 'service.name': 'shop', 'service.namespace': 'eu' });
  expect(fingerprintIn({ 'service.name': 'shop', 'service.namespace': 'us' })).not.toBe(one);
  expect(fingerprintIn({ 'service.name': 'cart', 'service.namespace': 'eu' })).not.toBe(one);
  expect(fingerprintIn({ 'service.name': 'shop', 'service.namespace': 'eu', 'deployment.environment': 'qa' })).toBe(
    one,
  );
});

function kindOf(text: string): string {
  if (/^\d+$/.test(text)) return 'number';
  if (text.includes('.')) return 'ip';
  return text.includes('-') ? 'uuid' : 'hex';
}
