// Which rules does this error complete? A pure fold: no clock but the errors' own, no I/O. See firing.ts for the contract.
//
// Time. `clock` is the largest receivedAtMs so far. An error counts at its timestamp, or at receivedAtMs when it claims to
// come from later; it is in a window of W while that lies in (clock − W, clock].
// Restart. All that a decision depends on lies in the last lookbackMs(rules): a matcher that was fed from there on decides
// as one that saw everything. That is why firing is tied to slots of the clock, not to when the key fired last.
import type { HealingError } from '../store/attempt-store.ts';
import { createBucketCounts } from './bucket-counts.ts';
import type { BucketCounts } from './bucket-counts.ts';
import { knows } from './precedence.ts';
import { fieldOf } from './error-fields.ts';
import type { Firing, Matcher } from './firing.ts';
import { MatchWindow } from './match-window.ts';
import { createRecentMap } from './recent-map.ts';
import type { Condition, Rule, Scalar, When } from './rule.ts';

/**
 * A key whose condition goes on holding fires once in each slot [n · 30 s, (n + 1) · 30 s) of the clock. Shorter than any
 * sensible cooldown, so that a limit that ends is soon followed by a decision; long enough that a storm asks twice a minute.
 */
export const REFIRE_MS = 30_000;

/** Between the values of a key. */
const KEY_SEPARATOR = ' · ';

/** Keys held, over all rules. Past it those unseen for longest are forgotten: they may count too few, never too many. */
const MAX_KEYS = 20_000;

/** A message as a key may be long; what tells two keys apart must stand in front. */
const MAX_KEY_VALUE = 256;

const NONE: readonly Firing[] = [];

/** Replaying this much of history before a moment gives the matcher's state at that moment. */
export function lookbackMs(rules: readonly Rule[]): number {
  return Math.max(0, ...rules.map((rule) => rule.when.withinMs)) + REFIRE_MS;
}

export function createMatcher(rules: readonly Rule[], { maxKeys = MAX_KEYS } = {}): Matcher {
  const byPriority = [...rules].sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1));
  const byType = indexByType(byPriority);
  const ofAnyType = byPriority.filter((rule) => typesOf(rule) === undefined);
  const windows = createRecentMap<MatchWindow>(maxKeys);
  /** One count of all errors of a service for each length of window that a ratio asks for. */
  const shares = new Set(byPriority.filter(({ when }) => when.ratio !== undefined).map(({ when }) => when.withinMs));
  const services = createRecentMap<BucketCounts>(maxKeys);
  const forgetAfterMs = lookbackMs(rules);
  let turnedAtMs = 0;
  let clock = 0;

  function observe(error: HealingError): readonly Firing[] {
    clock = Math.max(clock, error.receivedAtMs);
    if (clock >= turnedAtMs + forgetAfterMs) {
      // What goes was not used for longer than any decision looks back.
      windows.turn();
      services.turn();
      turnedAtMs = clock;
    }
    // What one of our own probes caused in its target is no new trouble.
    if (error.details['errata.origin'] === 'probe') return NONE;
    const atMs = Math.min(error.timestampMs, error.receivedAtMs);
    for (const withinMs of shares) {
      services.use(serviceKey(withinMs, error), () => createBucketCounts(withinMs)).add(atMs, clock);
    }
    let firings: Firing[] | undefined;
    for (const rule of byType.get(error.errorType) ?? ofAnyType) {
      const firing = match(rule, error, atMs);
      if (firing !== undefined) (firings ??= []).push(firing);
    }
    return firings ?? NONE;
  }

  function match(rule: Rule, error: HealingError, atMs: number): Firing | undefined {
    const { when } = rule;
    if (atMs <= clock - when.withinMs) return undefined;
    if (!knows(rule, error)) return undefined;
    const values = keyValues(when.groupBy, error);
    if (values === undefined) return undefined;
    // A share is one service's: with a ratio each service counts on its own, even when the key does not name it.
    const share = when.ratio === undefined ? '' : error.service;
    const id = `${rule.id}\0${error.companyId}\0${values.join('\0')}\0${share}`;
    const window = windows.use(id, () => new MatchWindow(when));
    const { id: errorId, fingerprint } = error;
    window.add(atMs, clock, { errorId, fingerprint, value: distinctValue(rule, error) });
    const slot = Math.floor(clock / REFIRE_MS);
    if (window.firedSlot === slot || !window.complete(clock, ofService(rule, error))) return undefined;
    window.firedSlot = slot;
    const newestErrors = window.fingerprints(clock);
    return {
      rule,
      cause: {
        companyId: error.companyId,
        service: error.service,
        key: values.join(KEY_SEPARATOR),
        errorId,
        fingerprints: [...newestErrors.keys()],
        count: window.count(clock),
        firstErrorAtMs: window.firstAtMs(clock) ?? atMs,
        firedAtMs: clock,
      },
      error,
      newestErrors,
    };
  }

  function ofService({ when }: Rule, error: HealingError): number {
    if (when.ratio === undefined) return 0;
    return services.get(serviceKey(when.withinMs, error))?.count(clock) ?? 0;
  }

  return { observe, size: () => windows.size() };
}

/** Values of group_by as people see them; undefined: the error lacks one. */
export function keyOf({ groupBy }: When, error: HealingError): string | undefined {
  return keyValues(groupBy, error)?.join(KEY_SEPARATOR);
}

function serviceKey(withinMs: number, error: HealingError): string {
  return `${withinMs}\0${error.companyId}\0${error.service}`;
}

/** undefined: a value is missing, and there is no key. */
function keyValues(groupBy: readonly string[], error: HealingError): readonly string[] | undefined {
  const values: string[] = [];
  for (const name of groupBy) {
    const value = fieldOf(error, name);
    if (value === undefined) return undefined;
    values.push(textOf(value));
  }
  return values;
}

function distinctValue({ when }: Rule, error: HealingError): string | undefined {
  const value = when.distinct === undefined ? undefined : fieldOf(error, when.distinct.field);
  return value === undefined ? undefined : textOf(value);
}

function textOf(value: Scalar): string {
  return String(value).slice(0, MAX_KEY_VALUE);
}

/** Most rules name the error types that they are about: an error of another type does not meet them at all. */
function indexByType(rules: readonly Rule[]): ReadonlyMap<string, readonly Rule[]> {
  const named = new Set(rules.flatMap((rule) => typesOf(rule) ?? []));
  return new Map([...named].map((type) => [type, rules.filter((rule) => typesOf(rule)?.includes(type) ?? true)]));
}

/** undefined: it may match any type. */
function typesOf({ when }: Rule): readonly string[] | undefined {
  const condition = when.match.all.find((each) => each.name === 'error_type' && (each.op === 'eq' || each.op === 'in'));
  return condition === undefined ? undefined : valuesOf(condition);
}

function valuesOf({ value }: Condition): readonly string[] {
  return typeof value === 'object' ? value.map(String) : [String(value)];
}
