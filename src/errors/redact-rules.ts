// What is a secret by its shape. Each pattern is linear in JavaScript's backtracking engine: a run of characters may only
// begin where the character before is not of the run (look-behind), and no two neighbouring repeats share a character.
// `needs`: a cheap look first; most texts hold no secret at all.

export const redactionRules = [
  'private_key',
  'url_password',
  'authorization',
  'jwt',
  'provider_key',
  'key_value',
  'email',
  'card',
  'key',
] as const;
/** `key`: details whose key says that the value is secret; the others look at texts. */
export type RedactionRule = (typeof redactionRules)[number];

export interface TextRule {
  readonly name: Exclude<RedactionRule, 'key'>;
  readonly needs: (text: string) => boolean;
  /** Calls `found` once for each secret and returns the text without them. */
  readonly redact: (text: string, found: () => void) => string;
}

const SECRET = '[secret]';

/** In this order: the more telling rule first. */
export const textRules: readonly TextRule[] = [
  { name: 'private_key', needs: (text) => text.includes('PRIVATE KEY-----'), redact: redactPrivateKeys },
  {
    name: 'url_password',
    needs: (text) => text.includes('://') && text.includes('@'),
    redact: replacing(/:\/\/([^\s/:@"'<>]*):([^\s/"'<>]*)@/g, (_, user) => `://${user}:${SECRET}@`),
  },
  {
    name: 'authorization',
    needs: (text) => /authorization|cookie|bearer|basic/i.test(text),
    redact: redactAuthorization,
  },
  {
    name: 'jwt',
    needs: (text) => text.includes('eyJ'),
    redact: replacing(/(?<![\w-])eyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?/g, () => SECRET),
  },
  {
    name: 'provider_key',
    needs: (text) => providerHint.test(text),
    redact: replacing(
      /(?<![\w-])(?:(?:AKIA|ASIA|AGPA|AROA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abeprs]-[\w-]{10,}|[srp]k_(?:live|test)_\w{10,}|sk-[\w-]{20,}|AIza[\w-]{35}|ya29\.[\w-]{20,}|npm_\w{30,}|SG\.[\w-]{16,}\.[\w-]{16,})(?![\w-])/g,
      () => SECRET,
    ),
  },
  {
    name: 'key_value',
    needs: (text) => (text.includes('=') || text.includes(':')) && secretWord.test(text),
    redact: redactAssignments,
  },
  {
    name: 'email',
    needs: (text) => text.includes('@'),
    redact: replacing(
      /(?<![\w.%+-])[\w.%+-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.([A-Za-z]{2,24}))(?![\w-])/g,
      (match, _domain, topLevel) => (scriptSuffixes.has(topLevel.toLowerCase()) ? match : '[email]'),
    ),
  },
  {
    name: 'card',
    needs: (text) => /\d{4}[ -]?\d{4}/.test(text),
    redact: replacing(/(?<![\w.-])[2-6]\d{3}(?:[ -]?\d){8,15}(?![\w-]|\.\d)/g, (match) =>
      isCardNumber(match) ? '[card]' : match,
    ),
  },
];

/** No rule finds anything in a text without one of these: one look instead of one for each rule. */
export function mayHoldSecret(text: string): boolean {
  return anyHint.test(text);
}

const anyHint =
  /[@=:]|\d{4}[ -]?\d{4}|eyJ|PRIVATE KEY|bearer|basic|AKIA|ASIA|AGPA|AROA|gh[pousr]_|github_pat_|glpat-|xox|[srp]k_|sk-|ya29|npm_|SG\./i;
const providerHint = /AKIA|ASIA|AGPA|AROA|gh[pousr]_|github_pat_|glpat-|xox|[srp]k_|sk-|AIza|ya29|npm_|SG\./;

/** JavaScriptCore writes frames as `fn@bundle.js`, which is no address. */
const scriptSuffixes = new Set([
  'js',
  'mjs',
  'cjs',
  'ts',
  'jsx',
  'tsx',
  'jsbundle',
  'bundle',
  'html',
  'py',
  'rb',
  'php',
]);

type Replace = (match: string, ...groups: string[]) => string;

function replacing(pattern: RegExp, replace: Replace): TextRule['redact'] {
  return (text, found) =>
    text.replace(pattern, (match: string, ...groups: string[]) => {
      const replaced = replace(match, ...groups);
      if (replaced !== match) found();
      return replaced;
    });
}

/** By hand: `BEGIN … END` with a lazy pattern takes quadratic time when many begin and none ends. A key cut off is one too. */
function redactPrivateKeys(text: string, found: () => void): string {
  const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;
  let redacted = '';
  let from = 0;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const end = text.indexOf('-----END ', begin.lastIndex);
    const close = end < 0 ? -1 : text.indexOf('-----', end + 9);
    redacted += text.slice(from, match.index) + SECRET;
    found();
    from = close < 0 ? text.length : close + 5;
    begin.lastIndex = from;
    if (close < 0) break;
  }
  return redacted + text.slice(from);
}

/** Headers to the end of the line or the quote; `Bearer x` anywhere, when x can be a token and no word. */
function redactAuthorization(text: string, found: () => void): string {
  const headers = replacing(
    /\b((?:proxy-)?authorization|(?:set-)?cookie)\b(["']?[ \t]{0,4}[:=][ \t]{0,4}["'[]{0,2})([^\s"'\n\]}][^"'\n\]}]*)/gi,
    (match, header, ...[between = '', value = '']) =>
      // What was redacted before stays as it is.
      /^\[?secret(?:\]|$)/.test(value) ? match : `${header}${between}${SECRET}`,
  );
  const schemes = replacing(/\b(bearer|basic)[ \t]{1,4}([\w.~+/-]{8,}={0,2})/gi, (match, scheme, token) =>
    /\d/.test(token) || token.length >= 24 || token.endsWith('=') ? `${scheme} ${SECRET}` : match,
  );
  return schemes(headers(text, found), found);
}

/** Names that are followed by a secret. `token` and `auth` are common words: see below. */
const secretNames =
  'password|passwd|passphrase|pwd|secret(?:[_-]?key)?|client[_-]?secret|api[_-]?key|access[_-]?key|private[_-]?key|session[_-]?id|sessionid|credentials?|(?:access|refresh|auth|id|csrf|xsrf|api|bot)[_-]?token|token';
const secretWord = new RegExp(secretNames, 'i');
const assignment = new RegExp(
  `(${secretNames})(["']?)([ \\t]{0,4})([=:])([ \\t]{0,4})("[^"\\n]*"|'[^'\\n]*'|[^\\s,;&"'<>(){}\\]]+)`,
  'gi',
);

function redactAssignments(text: string, found: () => void): string {
  return replacing(assignment, (match, ...groups) => {
    const [name = '', quote = '', before = '', sign = '', after = '', value = ''] = groups;
    if (value.includes('[secret') || /^(?:null|undefined|none|true|false|""|'')$/i.test(value)) return match;
    // "Unexpected token: foo" is prose; `token: 8f2b…` is not.
    const isProse = sign === ':' && after !== '' && quote === '' && /^token$/i.test(name) && !/\d/.test(value);
    if (isProse || (sign === ':' && after === '' && value.startsWith(':'))) return match;
    const mark = value.startsWith('"') ? `"${SECRET}"` : value.startsWith("'") ? `'${SECRET}'` : SECRET;
    return `${name}${quote}${before}${sign}${after}${mark}`;
  })(text, found);
}

const cardShapes = [
  /^4(?:\d{12}|\d{15}|\d{18})$/,
  /^5[1-5]\d{14}$/,
  /^2[2-7]\d{14}$/,
  /^3[47]\d{13}$/,
  /^3[068]\d{12}$/,
  /^6\d{15,18}$/,
];

/** The issuers' lengths and the Luhn check: one number in ten of the right shape passes by chance. */
function isCardNumber(text: string): boolean {
  const digits = text.replaceAll(/[ -]/g, '');
  if (!cardShapes.some((shape) => shape.test(digits))) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
