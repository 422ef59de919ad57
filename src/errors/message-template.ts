// A message without its values: "user 42 not found" and "user 43 not found" are one template. Words are never removed.
// reference: error-tracking (d), step 7. Every pattern is linear; the text is short. A change here is a new fingerprint version.
import { looksHashed } from './stack-file.ts';

const MAX_INPUT_CHARS = 1_024;
const MAX_TEMPLATE_CHARS = 200;
/** Larger objects are dumps; 200 characters of template are full after far fewer keys. */
const MAX_JSON_CHARS = 8_192;
const MAX_JSON_KEYS = 40;
/** Longer quoted texts are data; shorter single words are names of tables, columns, settings. */
const MAX_QUOTED_NAME_CHARS = 24;

/** One of the ten. */
const ANY_DIGIT = 'digit';
/** A digit, and fifteen characters of which ids are made in a row: the shortest is a pod's `x-7d9f8b6c5-abcde`. */
const LONG_RUN = 'long run';
/** One of the two. */
const SLASH = 'slash';

/** `needs`: nothing to do in a text without all of it; a step without any looks itself. */
type Step = readonly [needs: readonly string[], pattern: RegExp, replacement: string | Replace];
type Replace = (match: string, ...groups: string[]) => string;

const steps: readonly Step[] = [
  [['@'], /(?<![\w.%+-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,24}\b/gi, '<email>'],
  [['://'], /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/?#"'<>)\]]+/gi, '<url>'],
  [
    ['.'],
    /[-.]([A-Za-z0-9_-]{8}|[0-9a-f]{8,64})(?=\.(?:m?js|css)\b)/g,
    (match, hash) => (looksHashed(hash) ? '' : match),
  ],
  [['?'], /\?[\w%.~[\]-]+=[^\s"'<>)]*/g, '?<q>'],
  [[LONG_RUN, '-'], /\b[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}\b/gi, '<id>'],
  [[LONG_RUN, '-'], /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<uuid>'],
  [
    [LONG_RUN],
    /\b(?:[0-9a-f]{64}|[0-9a-f]{40}|[0-9a-f]{32}|[0-9a-f]{24}|[0-9a-f]{16})\b/gi,
    (text) => (/\d/.test(text) ? '<id>' : text),
  ],
  [
    [LONG_RUN],
    /(?<![\w+=-])[A-Za-z0-9+=_-]{24,}(?:\.[A-Za-z0-9+=_-]{8,})*/g,
    (text) => (looksRandom(text) ? '<token>' : text),
  ],
  [[ANY_DIGIT, '.'], /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.])/g, '<ip>'],
  // IPv6 in full, then with `::`; Rust's and Ruby's paths have that as well, but no digits.
  [[':'], /(?<![\w:.])\[?(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?:\]:\d{1,5}|\])?(?![\w:])/gi, '<ip>'],
  [
    ['::'],
    /(?<![\w:.])\[?(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?:\]:\d{1,5}|\])?(?!\w)/gi,
    (text) => (/\d/.test(text) ? '<ip>' : text),
  ],
  [
    [ANY_DIGIT],
    /\b\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?)?/g,
    '<date>',
  ],
  [
    [ANY_DIGIT],
    /\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? )?(?:\d{1,2} )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,4}(?:,? \d{4})?(?: \d\d:\d\d:\d\d(?: ?(?:GMT|UTC|[+-]\d{4}))*)?/g,
    '<date>',
  ],
  [[ANY_DIGIT, ':'], /\b\d\d?:\d\d:\d\d(?:[.,]\d+)?\b/g, '<date>'],
  [
    [ANY_DIGIT],
    /(?<![\w.])\d+(?:\.\d+)? ?(?:ns|µs|us|ms|s|sec|secs|seconds?|milliseconds?|m|mins?|minutes?|h|hours?|d|days?)\b(?:\d+(?:\.\d+)?(?:ms|s|m)\b)*/g,
    '<dur>',
  ],
  [[ANY_DIGIT], /(?<![\w.])\d+(?:[.,]\d+)* ?(?:bytes?|[KMGT]i?B|kB|B)\b/g, '<size>'],
  [['0x'], /\b0x[0-9a-f]+\b/gi, '<hex>'],
  [[LONG_RUN, '-'], /(?<=[\w])-[0-9a-f]{7,10}-[a-z0-9]{5}\b/g, '-<hex>'],
  [
    ['.'],
    /(?<![\w.@-])(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|cloud|internal|local|lan|svc)\b(?::\d{1,5})?(?![\w(]|\.\w)/gi,
    '<host>',
  ],
  [[ANY_DIGIT], /(?<![\w])(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,}(?![\w])/gi, '<hex>'],
  [
    [SLASH],
    /(?:(?<![\w/.])[A-Za-z]:[\\/]|(?<![\w>./\\])(?:\.{0,2}\/|\\\\))(?:[\w.@+~=-]+[\\/])*[\w.@+~=-]+/g,
    pathName,
  ],
  [
    [ANY_DIGIT],
    /\bSQLSTATE\b\W{1,3}[0-9A-Z]{5}\b|\b[A-Z]{1,8}[-_]?\d{2,6}\b|\b(?:status|code|http)\b[^\w\n]{0,4}(?:code\b[^\w\n]{0,4})?[1-5]\d\d\b|(?<![\w>)\]])[-+]?\d[\d.,]*(?:e[+-]?\d+)?|\d+/gi,
    keepCode,
  ],
  [[], /(?<!\w)(["'`])([^"'`\n]*)\1(?!\w)/g, (_, quote, text) => quote + (isName(text) ? text : '<str>') + quote],
  [[], / \s+|[^\S ]\s*/g, ' '],
];

export function templateOf(message: string): string {
  const head = firstLines(message);
  const json = head.startsWith('{') && message.length <= MAX_JSON_CHARS ? jsonTemplate(message) : undefined;
  return (json ?? plainTemplate(head)).slice(0, MAX_TEMPLATE_CHARS);
}

function plainTemplate(text: string): string {
  const hasDigit = /\d/.test(text);
  const hasLongRun = hasDigit && /[\w+=-]{15}/.test(text);
  let template = text;
  const has = (need: string): boolean => {
    if (need === ANY_DIGIT) return hasDigit;
    if (need === LONG_RUN) return hasLongRun;
    return need === SLASH ? /[\\/]/.test(template) : template.includes(need);
  };
  for (const [needs, pattern, replacement] of steps) {
    if (!needs.every(has)) continue;
    // replace() has no overload for the union.
    template =
      typeof replacement === 'string' ? template.replace(pattern, replacement) : template.replace(pattern, replacement);
  }
  return template.trim();
}

/** Rows of values, not words: ORMs append them, and each is another one. */
const dataLine =
  /^\s*(?:params|parameters|bindings|values|args|arguments|detail|context|hint|position|query id)\s*[:=]/i;

/** The first two lines that say something: what follows is mostly a dump. */
function firstLines(message: string): string {
  const head = message.length > MAX_INPUT_CHARS ? message.slice(0, MAX_INPUT_CHARS) : message;
  if (!head.includes('\n')) return head;
  return head
    .split('\n')
    .filter((line, index) => line.trim() !== '' && (index === 0 || !dataLine.test(line)))
    .slice(0, 2)
    .join('\n');
}

/** Key order is chance: top-level keys sorted. undefined when it is no JSON object after all. */
function jsonTemplate(message: string): string | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(message);
  } catch {
    return undefined; // Prose in braces is prose.
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  return Object.entries(parsed)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, MAX_JSON_KEYS)
    .map(
      ([key, value]: [string, unknown]) =>
        `${key}=${plainTemplate(firstLines(typeof value === 'string' ? value : JSON.stringify(value)))}`,
    )
    .join('|');
}

/** Base64 and the like: upper case, lower case and two digits together, or one long word without any separator. */
function looksRandom(text: string): boolean {
  if (!/\d.*\d/.test(text)) return false;
  return (/[a-z]/.test(text) && /[A-Z]/.test(text)) || /^[a-z0-9]+$/i.test(text);
}

/** Files lie elsewhere on each host: the name stays. What looks like a route is no file and stays whole. */
function pathName(path: string): string {
  const segments = path.split(/[\\/]/);
  const name = segments[segments.length - 1] ?? '';
  const isFile =
    /\.[A-Za-z]\w{0,9}$/.test(name) ||
    /^(?:[A-Za-z]:|\\\\|\/(?:usr|var|home|Users|etc|tmp|opt|app|data|srv|mnt|root|proc|dev|run)\/)/.test(path);
  return isFile ? name : path;
}

/** Error codes and HTTP status stay: E0308, ORA-00942, SQLSTATE 42P01, status 503. Everything else is `<n>`. */
function keepCode(text: string): string {
  if (/^(?:SQLSTATE|status|code|http)\b/i.test(text) || /^[A-Z]{1,8}[-_]?\d{2,6}$/.test(text)) return text;
  return text.replace(/[-+]?\d[\d.,]*(?:e[+-]?\d+)?/gi, (digits) => `<n>${/[.,]$/.exec(digits)?.[0] ?? ''}`);
}

function isName(text: string): boolean {
  return text.length <= MAX_QUOTED_NAME_CHARS && !/[\s/\d<]/.test(text);
}
