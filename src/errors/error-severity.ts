// OTel severity → ours, and whether somebody caught it. Logs data model: 1–4 TRACE, 5–8 DEBUG, 9–12 INFO, 13–16 WARN,
// 17–20 ERROR, 21–24 FATAL; 0 means that only the text says it. semconv recording-errors: handled errors are logged below 17.
import type { Attributes } from '../ingest/candidate.ts';
import { firstText } from './attribute-values.ts';
import { severities } from './error-event.ts';
import type { Severity } from './error-event.ts';

const WARN = 13;
const ERROR = 17;
const FATAL = 21;
const HIGHEST = 24;

/** First letters are enough: bridges write WARN, Warning, warn2, ERR, SEVERE, EMERG, crit. */
const textSeverities: readonly (readonly [prefix: string, severity: Severity])[] = [
  ['fatal', 'critical'],
  ['crit', 'critical'],
  ['emerg', 'critical'],
  ['alert', 'critical'],
  ['panic', 'critical'],
  ['err', 'error'],
  ['severe', 'error'],
  ['warn', 'warning'],
  ['info', 'info'],
  ['notice', 'info'],
  ['debug', 'info'],
  ['trace', 'info'],
  ['verbose', 'info'],
];

/** A record that says neither is an error, or it would not be here. */
export function severityOfLog(severityNumber: number, severityText: string): Severity {
  if (severityNumber < 1 || severityNumber > HIGHEST) return severityOfText(severityText) ?? 'error';
  if (severityNumber >= FATAL) return 'critical';
  if (severityNumber >= ERROR) return 'error';
  return severityNumber >= WARN ? 'warning' : 'info';
}

/** `errata.severity` decides; a plain `severity` attribute only raises to critical, as its values are anybody's. */
export function severityAfter(attributes: readonly Attributes[], otherwise: Severity): Severity {
  const own = firstText(attributes, 'errata.severity');
  const known = severities.find((severity) => severity === own);
  if (known !== undefined) return known;
  return severityOfText(firstText(attributes, 'severity')) === 'critical' ? 'critical' : otherwise;
}

/** `errata.handled`, then `exception.escaped` (deprecated, still sent), then what the shape itself says. */
export function handledAfter(attributes: readonly Attributes[], otherwise: boolean): boolean {
  const own = firstText(attributes, 'errata.handled').toLowerCase();
  if (own === 'true' || own === 'false') return own === 'true';
  const escaped = firstText(attributes, 'exception.escaped').toLowerCase();
  if (escaped === 'true' || escaped === 'false') return escaped === 'false';
  return otherwise;
}

function severityOfText(text: string): Severity | undefined {
  const lower = text.trim().toLowerCase();
  return textSeverities.find(([prefix]) => lower.startsWith(prefix))?.[1];
}
