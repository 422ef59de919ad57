// fp1: which errors are one group. reference: error-tracking (d), steps 0 and 8. Pure: the same error has the same
// fingerprint on every replica. Environment, host, release, severity and span are no inputs; the company is a key column.
import type { Grouping } from './error-event.ts';
import { digestOf } from './length-prefixed.ts';
import type { StackDigest } from './stack-digest.ts';

const VERSION = 'fp1';

export interface FingerprintInput {
  readonly namespace: string;
  readonly service: string;
  readonly exceptionType: string;
  readonly stack: StackDigest;
  readonly template: string;
  /** Span, logger or function: only used when there are neither type nor frames. */
  readonly location: string;
  /** The sender's own, [] without. */
  readonly custom: readonly string[];
}

/** Frame-less errors with more templates than the breaker allows fall back to their first words, not to their type alone. */
const LOOSE_WORDS = 4;

/** Says nothing about what went wrong. */
const GENERIC_TYPE = 'Error';

export function fingerprint(input: FingerprintInput): Grouping {
  const plain = plainGrouping(input);
  return input.custom.length === 0 ? plain : customGrouping(plain, input.custom);
}

function plainGrouping(input: FingerprintInput): Grouping {
  const { service, template } = input;
  const { rootType, outerType } = typesOf(input);
  const kind = kindOf(input, rootType);
  const frames = kind === 'location' || kind === 'unknown' ? locationFrames(input.location) : input.stack.frames;
  const parts = [VERSION, input.namespace, service, rootType, outerType, `${frames.length}`, ...frames];
  const looseTemplate = kind === 'stack' ? [] : [firstWords(template)];
  return {
    version: VERSION,
    kind,
    service,
    rootType,
    outerType,
    frames,
    template,
    strict: digestOf([...parts, 'strict', template]),
    loose: digestOf([...parts, 'loose', ...looseTemplate]),
  };
}

/** What the sender says decides; the breaker never opens for it. */
function customGrouping(plain: Grouping, custom: readonly string[]): Grouping {
  const parts = custom.map((part) => part.replaceAll('{{default}}', plain.strict));
  const strict = digestOf([VERSION, 'custom', plain.service, ...parts]);
  return { ...plain, kind: 'custom', template: custom.join(' '), strict, loose: strict };
}

/** The chain in the stack tells the root; without a chain the attribute is the better source. */
function typesOf({ exceptionType, stack }: FingerprintInput): { rootType: string; outerType: string } {
  const outer = normaliseType(exceptionType || stack.outerType) || GENERIC_TYPE;
  const root = stack.isChain ? normaliseType(stack.rootType) || outer : outer;
  return { rootType: root, outerType: root === outer ? '' : outer };
}

function kindOf({ stack, location, template }: FingerprintInput, rootType: string): Grouping['kind'] {
  if (stack.frames.length > 0) return 'stack';
  if (rootType !== GENERIC_TYPE) return 'message';
  return location === '' && template === '' ? 'unknown' : 'location';
}

function locationFrames(location: string): readonly string[] {
  return location === '' ? [] : [`|${location}`];
}

/** Without what numbers it anew: `$1`, `@1a2b3c4d`, `<T>`, `` `1 ``. Packages and modules stay. */
function normaliseType(type: string): string {
  return type
    .replace(/[<[].*$/, '')
    .replace(/@[0-9a-f]{4,16}$/, '')
    .replace(/`\d+/g, '')
    .replace(/\$\d+/g, '')
    .replace(/^\*/, '')
    .trim();
}

function firstWords(template: string): string {
  return template.split(' ', LOOSE_WORDS).join(' ');
}
