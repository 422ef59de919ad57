// Redaction: on by default, before anything is hashed, grouped or stored. Nothing that Errata keeps or shows has seen the
// text before this.
import type { JsonValue } from './error-event.ts';
import { RecentMap } from './recent-map.ts';
import { isSecretKey } from './redact-keys.ts';
import { mayHoldSecret, redactionRules, textRules } from './redact-rules.ts';
import type { RedactionRule } from './redact-rules.ts';

export interface RedactionSettings {
  readonly enabled: boolean;
  /** A rule that is not named is on. */
  readonly rules?: Readonly<Partial<Record<RedactionRule, boolean>>>;
  /** More words that make a detail's key secret. */
  readonly extraKeys?: readonly string[];
}

export interface Redactor {
  text(text: string): string;
  /** Values under secret keys go whole, all other texts by shape, at any depth. */
  value(key: string, value: JsonValue): JsonValue;
  /** Secrets found so far. A stack that was seen before counts once. */
  counts(): Readonly<Record<RedactionRule, number>>;
}

const SECRET = '[secret]';
/** Attribute keys come from instrumentation and are few; hostile ones must not fill the memory. */
const MAX_KNOWN_KEYS = 5_000;
const MAX_KEY_CHARS = 256;

export function createRedactor(settings: RedactionSettings): Redactor {
  const isOn = (rule: RedactionRule): boolean => settings.enabled && settings.rules?.[rule] !== false;
  const active = textRules.filter(({ name }) => isOn(name));
  const extraKeys = new Set(settings.extraKeys?.map((key) => key.toLowerCase()));
  const secretKeys = new RecentMap<string, boolean>({ maxEntries: MAX_KNOWN_KEYS });
  const counts = new Map<RedactionRule, number>();

  const count = (rule: RedactionRule): void => void counts.set(rule, (counts.get(rule) ?? 0) + 1);

  const text = (raw: string): string => {
    if (!mayHoldSecret(raw)) return raw;
    let redacted = raw;
    for (const { name, needs, redact } of active) {
      if (needs(redacted)) redacted = redact(redacted, () => count(name));
    }
    return redacted;
  };

  const hasSecretKey = (key: string): boolean => {
    if (key.length > MAX_KEY_CHARS) return isSecretKey(key, extraKeys);
    const known = secretKeys.get(key);
    if (known !== undefined) return known;
    const isSecret = isSecretKey(key, extraKeys);
    secretKeys.set(key, isSecret);
    return isSecret;
  };

  const value = (key: string, raw: JsonValue): JsonValue => {
    if (isOn('key') && isHiding(raw) && hasSecretKey(key)) {
      count('key');
      return SECRET;
    }
    if (typeof raw === 'string') return text(raw);
    if (typeof raw !== 'object' || raw === null) return raw;
    if (isList(raw)) return raw.map((member) => value('', member));
    return Object.fromEntries(Object.entries(raw).map(([inner, member]) => [text(inner), value(inner, member)]));
  };

  return {
    text,
    value,
    counts: () =>
      Object.fromEntries(redactionRules.map((rule) => [rule, counts.get(rule) ?? 0])) as Record<RedactionRule, number>,
  };
}

/** Whether a secret is set says no secret. */
function isHiding(value: JsonValue): boolean {
  return value !== null && value !== '' && typeof value !== 'boolean';
}

/** Array.isArray does not narrow readonly arrays. */
function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value);
}
