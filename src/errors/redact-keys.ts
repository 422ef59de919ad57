// Whether the key of a detail says that its value is secret: `db.password`, `X-Api-Key`, `http.request.header.cookie`,
// `sessionToken`. Counts and kinds of tokens are none: `gen_ai.usage.input_tokens`, `token_count`.

const secretWords = new Set([
  'authorization',
  'bearer',
  'cookie',
  'cookies',
  'credential',
  'credentials',
  'cvc',
  'cvv',
  'jwt',
  'passphrase',
  'passwd',
  'password',
  'pwd',
  'secret',
  'secrets',
  'ssn',
  'token',
]);
const secretPairs = new Set([
  'api key',
  'access key',
  'private key',
  'session id',
  'auth key',
  'signing key',
  'card number',
]);
/** The word after which a key only speaks about the secret. */
const harmlessEnds = new Set([
  'count',
  'type',
  'limit',
  'length',
  'size',
  'name',
  'usage',
  'expiry',
  'expires',
  'expired',
  'valid',
  'present',
]);

/** One word of the key, as in `extraKeys`, or the whole key. */
export function isSecretKey(key: string, extraKeys: ReadonlySet<string>): boolean {
  const words = wordsOf(key);
  if (extraKeys.has(key.toLowerCase()) || words.some((word) => extraKeys.has(word))) return true;
  const last = words[words.length - 1] ?? '';
  // semconv's session.id is an opaque id that groups a user's events; a session id of a cookie jar is not written so.
  if (harmlessEnds.has(last) || key === 'session.id') return false;
  return words.some(
    (word, index) =>
      secretWords.has(word) ||
      secretPairs.has(`${word} ${words[index + 1] ?? ''}`) ||
      /^(?:apikey|accesskey|privatekey|sessionid|setcookie)$/.test(word),
  );
}

function wordsOf(key: string): readonly string[] {
  return key
    .slice(0, 256)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
