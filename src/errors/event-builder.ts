// An occurrence becomes an ErrorEvent: cleaned, redacted, classified, grouped. Storms repeat the same stacks and messages,
// so what was made of a text is kept: a repeated stack costs a look-up.
import { clampTimestamp, toUnixMs } from './error-timestamp.ts';
import { cleanMessage, cutMessage } from './clean-text.ts';
import { createDetailsBuilder } from './error-details.ts';
import type { ErrorEvent, Grouping } from './error-event.ts';
import { createClassifier } from './error-type.ts';
import type { ClassifiedText } from './error-type.ts';
import { fingerprint } from './fingerprint.ts';
import { RecentMap } from './recent-map.ts';
import { createStackReader } from './known-stacks.ts';
import type { KnownStack } from './known-stacks.ts';
import { joinPrefixed } from './length-prefixed.ts';
import { templateOf } from './message-template.ts';
import type { Occurrence } from './occurrence.ts';
import type { Redactor } from './redact.ts';
import { toName } from './resource-facts.ts';

export interface BuildContext {
  readonly companyId: number;
  readonly nowMs: number;
  readonly retentionDays: number;
  /** Gets what goes into an occurrence id. */
  readonly idOf: (identity: Identity) => string;
}

export interface Identity {
  /** Redacted, not yet cut for display. */
  readonly message: string;
  readonly exceptionType: string;
  /** Unclamped Unix ms. */
  readonly timeMs: number;
}

export type BuildEvent = (occurrence: Occurrence, context: BuildContext) => ErrorEvent;

interface KnownMessage extends ClassifiedText {
  readonly full: string;
  readonly template: string;
}

/** Characters of raw text kept as keys: the values are about as long. */
const MAX_KNOWN_CHARS = 8_000_000;
const MAX_KNOWN_MESSAGES = 20_000;
/** Longer messages are dumps and seldom repeat. */
const MAX_KNOWN_MESSAGE_CHARS = 2_048;

export function createEventBuilder(redactor: Redactor): BuildEvent {
  const readStack = createStackReader(redactor);
  const messages = new RecentMap<string, KnownMessage>({
    maxEntries: MAX_KNOWN_MESSAGES,
    maxWeight: MAX_KNOWN_CHARS,
    weightOf: (raw) => raw.length,
  });
  const classify = createClassifier();
  const detailsOf = createDetailsBuilder(redactor);

  const messageOf = (raw: string): KnownMessage => {
    const known = messages.get(raw);
    if (known !== undefined) return known;
    const full = redactor.text(cleanMessage(raw));
    const made: KnownMessage = { full, shown: cutMessage(full), template: templateOf(full) };
    if (raw.length <= MAX_KNOWN_MESSAGE_CHARS) messages.set(raw, made);
    return made;
  };

  const groupingOf = (
    occurrence: Occurrence,
    told: { exceptionType: string; stack: KnownStack; template: string },
  ): Grouping => {
    const { service, namespace } = occurrence.facts;
    const { exceptionType, stack, template } = told;
    const hasFrames = stack.digest.frames.length > 0;
    const isRepeatable = hasFrames && occurrence.customFingerprint.length === 0;
    const key = isRepeatable ? joinPrefixed([namespace, service, exceptionType, template]) : '';
    const known = isRepeatable ? stack.groupings.get(key) : undefined;
    if (known !== undefined) return known;
    const grouping = fingerprint({
      namespace,
      service,
      exceptionType,
      stack: stack.digest,
      template,
      location: hasFrames ? '' : messageOf(occurrence.location).template,
      custom: occurrence.customFingerprint.map((part) => redactor.text(toName(part))),
    });
    if (isRepeatable) stack.groupings.set(key, grouping);
    return grouping;
  };

  return (occurrence, context) => {
    const { facts } = occurrence;
    const message = messageOf(occurrence.message);
    const stack = readStack({
      raw: occurrence.stackTrace,
      language: facts.language,
      rawMessage: occurrence.message,
      message: message.shown,
    });
    const exceptionType = redactor.text(toName(occurrence.exceptionType)) || stack.digest.outerType;
    const timeMs = toUnixMs(occurrence.timeUnixNano, context.nowMs);
    const timestampMs = clampTimestamp(timeMs, context);
    const grouping = groupingOf(occurrence, { exceptionType, stack, template: message.template });
    return {
      id: context.idOf({ message: message.full, exceptionType, timeMs }),
      companyId: context.companyId,
      timestampMs,
      ...((timestampMs !== timeMs || timeMs > context.nowMs + AHEAD_MS) && { timeMoves: true as const }),
      service: facts.service,
      severity: occurrence.severity,
      errorType:
        occurrence.errorType ??
        classify({
          exceptionType,
          rootType: stack.digest.isChain ? stack.digest.rootType : '',
          message,
          hasStack: stack.text !== '',
          attributes: occurrence.attributes,
        }),
      message: message.shown,
      details: detailsOf(occurrence),
      stackTrace: stack.text,
      exceptionType,
      handled: occurrence.handled,
      environment: facts.environment,
      release: facts.release,
      host: facts.host,
      containerId: facts.containerId,
      traceId: occurrence.traceId,
      spanId: occurrence.spanId,
      source: occurrence.source,
      fingerprint: grouping.strict,
      grouping,
      richness: richnessOf(occurrence, exceptionType),
    };
  };
}

/** A time further ahead may have been moved when it came before, and no longer is. */
const AHEAD_MS = 60_000;

/** stack > type > message > any exception at all; 0–15. */
function richnessOf(occurrence: Occurrence, exceptionType: string): number {
  return (
    (occurrence.stackTrace === '' ? 0 : 8) +
    (exceptionType === '' ? 0 : 4) +
    (occurrence.message === '' ? 0 : 2) +
    (occurrence.source === 'span_status' ? 0 : 1)
  );
}
