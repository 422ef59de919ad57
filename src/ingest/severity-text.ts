// From a log record's severity to whether it counts. Bridges that know no SeverityNumber leave it 0 and write a text.
// Logs data model: 9 INFO, 13 WARN, 17 ERROR, 21 FATAL.

const INFO = 9;
const WARN = 13;
const ERROR = 17;
const FATAL = 21;

/** First letters are enough: WARN, Warning, warn2, ERR, SEVERE, EMERGENCY, crit. */
const textSeverities: readonly (readonly [prefix: string, severityNumber: number])[] = [
  ['err', ERROR],
  ['warn', WARN],
  ['info', INFO],
  ['fatal', FATAL],
  ['crit', FATAL],
  ['emerg', FATAL],
  ['alert', FATAL],
  ['panic', FATAL],
  ['severe', ERROR],
  ['notice', INFO],
];

/** `text` is asked for only where the number says nothing. */
export function reachesThreshold(severityNumber: number, text: () => string, threshold: number): boolean {
  if (severityNumber !== 0) return severityNumber >= threshold;
  return severityNumberOf(text()) >= threshold;
}

/** 0 for texts that say nothing known. */
function severityNumberOf(text: string): number {
  const lower = text.trimStart().slice(0, 8).toLowerCase();
  return textSeverities.find(([prefix]) => lower.startsWith(prefix))?.[1] ?? 0;
}
