// Text that came over the wire becomes text that every later stage may store and show: no control characters (a NUL ends
// C strings, an escape drives terminals), no half surrogate pairs (they cannot be written as UTF-8).

/** Before anything looks at it: far beyond what is shown, so that a cut never halves a secret that is then shown. */
const MAX_RAW_MESSAGE_CHARS = 64 * 1024;
const MAX_RAW_STACK_CHARS = 256 * 1024;

/** What is stored. Sentry stores 8,192 as well; longer messages are dumps. */
const MAX_MESSAGE_CHARS = 8 * 1024;
const MAX_STACK_CHARS = 64 * 1024;

const CUT = '…[cut]';
const MIDDLE_CUT = '\n…[cut]\n';

// oxlint-disable no-control-regex -- they are what is looked for
const suspicious = /[\0-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff]/;
const colours = /\u001b\[[0-9;]{0,16}m/g;
const lineEnds = /\r\n?/g;
const unprintable = /[\0-\u0008\u000b-\u001f\u007f-\u009f]|\p{Cs}/gu;
// oxlint-enable no-control-regex

/** Colour codes go, line ends become \n, every other control character and lone surrogate becomes U+FFFD. */
export function cleanText(text: string): string {
  if (!suspicious.test(text)) return text;
  return text.replace(colours, '').replace(lineEnds, '\n').replace(unprintable, '\ufffd');
}

export function cleanMessage(raw: string): string {
  return cleanText(raw.length > MAX_RAW_MESSAGE_CHARS ? raw.slice(0, MAX_RAW_MESSAGE_CHARS) : raw).trim();
}

export function cleanStack(raw: string): string {
  return cleanText(cutMiddle(raw, MAX_RAW_STACK_CHARS));
}

export function cutMessage(message: string): string {
  return cutEnd(message, MAX_MESSAGE_CHARS);
}

/** The innermost and the outermost part stay: the first says what broke, the last who called. */
export function cutStack(stack: string): string {
  return cutMiddle(stack, MAX_STACK_CHARS);
}

/** At most `maxChars` characters, the mark included. */
export function cutEnd(text: string, maxChars: number): string {
  return text.length <= maxChars ? text : whole(text.slice(0, maxChars - CUT.length)) + CUT;
}

function cutMiddle(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const half = Math.floor((maxChars - MIDDLE_CUT.length) / 2);
  const tail = text.slice(-half);
  return whole(text.slice(0, half)) + MIDDLE_CUT + (isLowSurrogate(tail.charCodeAt(0)) ? tail.slice(1) : tail);
}

/** Without the first half of a pair that the cut separated. */
function whole(text: string): string {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
}

function isLowSurrogate(code: number): boolean {
  return code >= 0xdc00 && code <= 0xdfff;
}
