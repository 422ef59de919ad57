// The golden corpus: which stacks are one group and which are not. A change of a fingerprint here is a new version of it.
import { expect, test } from 'vitest';
import { createErrorMaker } from '../../src/errors/error-maker.ts';
import { browser } from '../corpus/browser.ts';
import type { CorpusEntry } from '../corpus/corpus.ts';
import { dotnet } from '../corpus/dotnet.ts';
import { go } from '../corpus/go.ts';
import { java } from '../corpus/java.ts';
import { messages } from '../corpus/messages.ts';
import { more } from '../corpus/more.ts';
import { node } from '../corpus/node.ts';
import { php } from '../corpus/php.ts';
import { python } from '../corpus/python.ts';
import { ruby } from '../corpus/ruby.ts';
import { rust } from '../corpus/rust.ts';
import { attributes, delivery, exceptionEvent, NOW_MS, span } from './candidates.ts';

const groups = [
  ...node,
  ...browser,
  ...python,
  ...java,
  ...go,
  ...dotnet,
  ...ruby,
  ...php,
  ...rust,
  ...more,
  ...messages,
];

interface Grouped {
  readonly group: string;
  readonly fingerprint: string;
  readonly why: string;
}

function groupingOf(entry: CorpusEntry): { fingerprint: string; why: string } {
  const event = createErrorMaker().fromDelivery(
    delivery([
      span({
        resource: attributes({ 'service.name': 'shop', 'telemetry.sdk.language': entry.language }),
        exceptions: [
          exceptionEvent({
            'exception.type': entry.type,
            'exception.message': entry.message,
            'exception.stacktrace': entry.stack,
          }),
        ],
      }),
    ]),
    NOW_MS,
  ).events[0];
  const { kind, rootType, outerType, frames, template } = event?.grouping ?? {};
  return {
    fingerprint: event?.fingerprint ?? '',
    why: JSON.stringify({ kind, rootType, outerType, frames, template }),
  };
}

const grouped: readonly Grouped[] = groups.flatMap(({ name, entries }) =>
  entries.map((entry) => ({ group: name, ...groupingOf(entry) })),
);

test.each(groups)('$name: one group', ({ name }) => {
  const own = grouped.filter(({ group }) => group === name);
  expect(new Set(own.map(({ fingerprint }) => fingerprint)).size, own.map(({ why }) => why).join('\n')).toBe(1);
});

test('no two groups share a fingerprint', () => {
  const shared: string[] = [];
  for (const [index, one] of grouped.entries()) {
    for (const other of grouped.slice(index + 1)) {
      if (one.group !== other.group && one.fingerprint === other.fingerprint) {
        shared.push(`${one.group} = ${other.group}: ${one.why}`);
      }
    }
  }
  expect(shared).toEqual([]);
});

test('the corpus is large enough to mean something', () => {
  const stacks = groups.flatMap(({ entries }) => entries).filter(({ stack }) => stack !== '');
  expect(stacks.length).toBeGreaterThanOrEqual(120);
  expect(new Set(groups.map(({ name }) => name)).size).toBe(groups.length);
});
