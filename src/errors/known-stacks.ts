// Storms repeat the same stacks, each time with another message in the header. What was made of a stack is kept by all of it
// but the message: a repeated one costs two comparisons instead of a redaction and a parse. Taking the message out also
// keeps its lines from passing for frames.
import { cleanStack, cutStack } from './clean-text.ts';
import type { Grouping } from './error-event.ts';
import { RecentMap } from './recent-map.ts';
import type { Redactor } from './redact.ts';
import { digestStack } from './stack-digest.ts';
import type { StackDigest } from './stack-digest.ts';

export interface KnownStack {
  readonly digest: StackDigest;
  /** What was made of this stack, by the other inputs of the fingerprint. */
  readonly groupings: RecentMap<string, Grouping>;
}

export interface ReadStack extends KnownStack {
  /** Redacted and cut, the message in its place. */
  readonly text: string;
}

interface Entry extends KnownStack {
  readonly before: string;
  readonly after: string;
  readonly language: string;
  /** With PLACE where the message stood. */
  readonly text: string;
}

/** About 12 KB each for the usual stack: 60 MB when all differ. */
const MAX_KNOWN_STACKS = 5_000;
const MAX_KNOWN_CHARS = 20_000_000;
const MAX_GROUPINGS_PER_STACK = 20;
/** Shorter messages stand in the stack by chance as well. */
const MIN_MESSAGE_CHARS = 4;
/** Cleaning leaves no NUL in the text around it. */
const PLACE = '\0';
const SAMPLE_CHARS = 48;

export interface RawStack {
  readonly raw: string;
  readonly language: string;
  readonly rawMessage: string;
  /** Redacted and cut. */
  readonly message: string;
}

export function createStackReader(redactor: Redactor): (stack: RawStack) => ReadStack {
  const entries = new RecentMap<string, Entry>({
    maxEntries: MAX_KNOWN_STACKS,
    maxWeight: MAX_KNOWN_CHARS,
    weightOf: (key) => Number.parseInt(key, 10),
  });

  const make = (before: string, after: string, stack: RawStack): Entry => {
    const place = before.length + after.length === stack.raw.length ? '' : PLACE;
    const text = cutStack(redactor.text(cleanStack(before) + place + cleanStack(after)));
    const groupings = new RecentMap<string, Grouping>({ maxEntries: MAX_GROUPINGS_PER_STACK });
    return { before, after, language: stack.language, text, digest: digestStack(text, stack.language), groupings };
  };

  return (stack) => {
    const { raw, rawMessage, language } = stack;
    const at = rawMessage.length < MIN_MESSAGE_CHARS ? -1 : raw.indexOf(rawMessage);
    const before = at < 0 ? '' : raw.slice(0, at);
    const after = at < 0 ? raw : raw.slice(at + rawMessage.length);
    const key = sampleOf(before, after);
    let entry = entries.get(key);
    if (entry === undefined || entry.after !== after || entry.before !== before || entry.language !== language) {
      entry = make(before, after, stack);
      entries.set(key, entry);
    }
    const { text, digest, groupings } = entry;
    const place = at < 0 ? -1 : text.indexOf(PLACE);
    const whole = place < 0 ? text : text.slice(0, place) + stack.message + text.slice(place + 1);
    return { text: whole, digest, groupings };
  };
}

/** Instead of hashing kilobytes: its lengths and a bit of three places. Equality is checked on the whole. */
function sampleOf(before: string, after: string): string {
  const middle = after.length >> 1;
  return `${before.length + after.length} ${before.slice(-SAMPLE_CHARS)} ${after.slice(0, SAMPLE_CHARS)} ${after.slice(middle, middle + SAMPLE_CHARS)} ${after.slice(-SAMPLE_CHARS)}`;
}
