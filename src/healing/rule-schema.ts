// The rules file as zod: what may stand in it, with defaults. rule-from-file.ts makes rules of it, check-rule.ts looks at
// what one key alone can't tell. rules/rule.schema.json is made from this, so descriptions are for editors.
import { RE2JS } from 're2js';
import * as z from 'zod';
import { duration } from './durations.ts';

const name = (what: string) =>
  z.string().regex(/^[a-z][a-z0-9_-]{0,63}$/, `${what} must be lower-case letters, digits, - and _, letter first`);
const text = z.string().min(1).max(1_000);
const scalar = z.union([z.string(), z.number(), z.boolean()], 'must be a text, a number, true or false');
const scalars = z.array(scalar).min(1).max(1_000);
const share = z.number().gt(0).max(1);

const operators = z
  .strictObject({
    eq: scalar,
    ne: scalar,
    in: scalars,
    not_in: scalars,
    prefix: text,
    suffix: text,
    contains: text,
    regex: text.refine(isPattern, 'is not a pattern of RE2 (no look-around, no back-references)'),
    gt: z.number(),
    gte: z.number(),
    lt: z.number(),
    lte: z.number(),
    exists: z.boolean(),
  })
  .partial();

function conditionsOn<Key extends 'field' | 'fact'>(key: Key) {
  const condition = operators
    .extend({ [key]: text } as Record<Key, typeof text>)
    .refine((value) => Object.keys(value).length === 2, `must hold ${key} and exactly one comparison`)
    .meta({ minProperties: 2, maxProperties: 2 });
  const list = z.array(condition).max(100).default([]);
  return z.strictObject({ all: list, any: list, none: list });
}

const onFields = conditionsOn('field').describe('Of the error: all of these, at least one of those, none of these.');
const onFacts = conditionsOn('fact').describe('Of facts, `<probe id>.<name>`. A missing fact never matches.');
const nothing = { all: [], any: [], none: [] };

const params = z
  .record(z.string(), z.union([scalar, scalars], 'must be a value or a list of values'))
  .default({})
  .describe('Parameters: literals, or one whole `${facts.<id>.<name>}`, `${error.<field>}`, `${target.name}`.');

const probeCall = z.strictObject({
  id: name('id'),
  probe: text,
  with: params,
  timeout: duration('100ms', '1m').prefault('5s'),
  needs: onFacts.optional().describe('Run only if this holds of the facts so far.'),
});

const step = z.strictObject({
  id: name('id'),
  action: text,
  with: params,
  timeout: duration('1s', '10m').prefault('1m'),
  retries: z.int().min(0).max(5).default(0),
  on_fail: z
    .enum(['next', 'escalate', 'rollback'])
    .default('escalate')
    .describe('When it failed or did not help: take the next step, hand over, or undo and hand over.'),
});

const branch = z.strictObject({
  branch: name('branch'),
  if: onFacts.default(nothing),
  finding: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]{2,63}$/, 'must be UPPER_SNAKE, such as CONTAINER_HUNG')
    .refine((finding) => finding !== 'UNDIAGNOSED', 'UNDIAGNOSED is what no branch fits'),
  steps: z.array(step).max(10).default([]).describe('A ladder: the next is taken only if the one before did not help.'),
  // oxlint-disable-next-line unicorn/no-thenable -- a word, never a function
  then: z.enum(['verify', 'resolve', 'escalate', 'wait']),
});

const ruleTest = z.strictObject({
  name: text,
  errors: z
    .array(
      z.strictObject({
        fields: z.record(z.string(), scalar),
        times: z.int().min(1).max(10_000).default(1),
        over: duration('0ms', '1d').prefault('0ms'),
      }),
    )
    .min(1),
  facts: z.record(z.string(), scalar).default({}),
  expect: z.strictObject({
    fires: z.boolean().default(true),
    branch: z.string().optional(),
    finding: z.string().optional(),
  }),
});

export const ruleSchema = z.strictObject({
  id: name('id'),
  title: text,
  mode: z
    .enum(['observe', 'approve', 'auto'])
    .default('observe')
    .describe('The lowest of this, the global and the target’s.'),
  priority: z.int().min(0).max(100).default(50).describe('Of several that fire for one target the highest acts.'),
  when: z.strictObject({
    match: onFields,
    group_by: z.array(text).max(8).optional().describe('The key that is counted by. Default: what the target goes by.'),
    count: z.int().min(1).max(10_000).default(1),
    within: duration('1s', '1d').prefault('5m'),
    distinct: z.strictObject({ field: text, min: z.int().min(2).max(1_000) }).optional(),
    ratio: z.strictObject({ min: share, samples: z.int().min(1).max(100_000).default(10) }).optional(),
  }),
  target: z
    .union([z.enum(['subject', 'peer']), z.strictObject({ service: text })], 'must be subject, peer or {service: name}')
    .describe('subject: the service that reported. peer: what it talked to. Or a service of errata.yaml.'),
  diagnose: z.array(probeCall).max(20).default([]),
  plan: z.array(branch).min(1).max(30).describe('The first branch that fits is taken; none: escalated as UNDIAGNOSED.'),
  verify: z
    .strictObject({
      settle: duration('0ms', '1h').prefault('10s'),
      probes: z
        .array(
          probeCall.extend({
            expect: onFacts.describe('Of the facts of this probe, by their bare names.'),
            successes: z.int().min(1).max(20).default(2),
            every: duration('100ms', '5m').prefault('5s'),
            within: duration('1s', '30m').prefault('1m'),
          }),
        )
        .max(10)
        .default([]),
      max_errors: z.int().min(0).max(100_000).default(0),
      soak: duration('1s', '6h').prefault('60s'),
      no_traffic: z
        .enum(['pass', 'inconclusive'])
        .optional()
        .describe('No error of the service at all in the soak. Default: pass when probes prove it, else inconclusive.'),
      worse_factor: z.number().min(1).max(100).default(2),
      relapse: duration('0ms', '7d').prefault('1h'),
    })
    .prefault({}),
  limits: z
    .strictObject({
      cooldown: duration('0ms', '7d').prefault('5m'),
      attempts: z
        .strictObject({ max: z.int().min(1).max(100).default(3), within: duration('1m', '30d').prefault('6h') })
        .prefault({}),
      breaker: z
        .strictObject({
          failures: z.int().min(1).max(100).default(3),
          within: duration('1m', '30d').prefault('6h'),
          open: duration('1m', '30d').prefault('6h'),
        })
        .prefault({}),
    })
    .prefault({}),
  escalate: z.strictObject({ to: name('to').default('morgan'), ask: z.array(text).max(20).default([]) }).prefault({}),
  tests: z.array(ruleTest).max(100).default([]),
});

/** Rules one by one, so that a fault in one does not hide those of the others. */
export const fileSchema = z.strictObject({
  apiVersion: z.literal('errata/v1'),
  rules: z.array(z.unknown()).max(1_000),
});

export type WrittenRule = z.output<typeof ruleSchema>;
export type WrittenConditions = z.output<typeof onFields> | z.output<typeof onFacts>;

/** For editors: what may stand in a file, before defaults. */
export function rulesJsonSchema(): object {
  return z.toJSONSchema(fileSchema.extend({ rules: z.array(ruleSchema).max(1_000) }), { io: 'input', reused: 'ref' });
}

function isPattern(source: string): boolean {
  try {
    RE2JS.compile(source);
    return true;
  } catch {
    return false;
  }
}
