// Parameters of a probe or an action against its own schema. Values that come by reference are known only later: of these
// the place they come from is checked.
import type * as z from 'zod';
import type { Report } from './check-rule.ts';
import { isField } from './error-fields.ts';
import { parseDuration, parseSize } from './durations.ts';
import { referenceIn } from './references.ts';
import type { Params, Scalar } from './rule.ts';

interface Taker {
  readonly schema: z.ZodObject;
  /** Name of the probe or action. */
  readonly of: string;
  readonly path: readonly PropertyKey[];
  /** Facts that are there by then. */
  readonly facts: ReadonlySet<string>;
}

export function checkParams(params: Params, { schema, of, path, facts }: Taker, report: Report): void {
  const shape = schema.shape as Readonly<Record<string, z.ZodType>>;
  let referring = false;
  for (const [name, value] of Object.entries(params)) {
    const reference = referenceIn(value);
    if (!Object.hasOwn(shape, name)) {
      report([...path, name], `${of} has no parameter ${name}; it has ${Object.keys(shape).join(', ') || 'none'}`);
    } else if (reference !== undefined) {
      referring = true;
      const fault = faultOf(reference, facts);
      if (fault !== undefined) report([...path, name], fault);
    } else if (JSON.stringify(value).includes('${')) {
      report([...path, name], 'a reference must be the whole value: "${...}" and nothing around it');
    } else {
      const fault = shape[name]?.safeParse(plainValue(value, shape[name])).error?.issues[0];
      if (fault !== undefined) report([...path, name], fault.message);
    }
  }
  for (const [name, parameter] of Object.entries(shape)) {
    if (!Object.hasOwn(params, name) && !parameter.safeParse(undefined).success) report(path, `${of} needs ${name}`);
  }
  if (referring || Object.keys(params).some((name) => !Object.hasOwn(shape, name))) return;
  // What the parameters say only together.
  for (const issue of schema.safeParse(plainParams(params, schema)).error?.issues ?? []) {
    if (issue.path.length === 0) report(path, issue.message);
  }
}

/** Durations and sizes as numbers where the taker wants numbers: ms and bytes. */
export function plainParams(params: Params, schema: z.ZodObject | undefined): Params {
  const shape = (schema?.shape ?? {}) as Readonly<Record<string, z.ZodType | undefined>>;
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, plainValue(value, shape[name])]));
}

type Value = Scalar | readonly Scalar[];

function plainValue(value: Value, schema: z.ZodType | undefined): Value {
  if (typeof value !== 'string' || schema === undefined || schema.safeParse(value).success) return value;
  const plain = parseDuration(value) ?? parseSize(value);
  return plain !== undefined && schema.safeParse(plain).success ? plain : value;
}

function faultOf(reference: string, facts: ReadonlySet<string>): string | undefined {
  const dot = reference.indexOf('.');
  const [kind, name] = [reference.slice(0, Math.max(dot, 0)), reference.slice(dot + 1)];
  if (kind === 'facts') return facts.has(name) ? undefined : `no probe before it gives ${name}`;
  if (kind === 'error') return isField(name) ? undefined : `there is no field ${name}`;
  if (kind === 'target' && (name === 'name' || name === 'container')) return undefined;
  return `there is no \${${reference}}: it may be \${error.<field>}, \${facts.<id>.<name>}, \${target.name} or \${target.container}`;
}
