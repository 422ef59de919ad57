// For services that already log with pino: a stream beside their own, which captures what is logged at warn or above,
// or with an `err`. pino.multistream([{ stream: process.stdout }, { level: 'trace', stream: capturePinoStream() }])
import { reportError, routesAreCovered } from './current-capture.ts';
import type { CaptureSeverity, ErrorReport } from './error-report.ts';
import { messageOf } from './stack-text.ts';

export interface CapturePinoOptions {
  readonly service?: string;
}

const WARN = 40;
/** pino writes the level first, as a number, unless the host formats it; then the line is parsed to find it. */
const NUMBERED_LEVEL = /^\{"level":(\d+),/;
const namedLevels = new Map([
  ['warn', 40],
  ['warning', 40],
  ['error', 50],
  ['fatal', 60],
  ['critical', 60],
]);
/** pino's own fields; all others are details. */
const OWN_FIELDS = new Set([
  'level',
  'time',
  'pid',
  'hostname',
  'msg',
  'err',
  'v',
  'trace_id',
  'span_id',
  'trace_flags',
]);

/** Synchronous and without back-pressure: a line is looked at, queued or passed over, and gone. */
export function capturePinoStream(options: CapturePinoOptions = {}): { write(line: string): void } {
  return {
    write(line) {
      const level = NUMBERED_LEVEL.exec(line)?.[1];
      // Most lines end here, unparsed.
      if (level !== undefined && Number(level) < WARN && !line.includes('"err":{')) return;
      const report = reportOf(line);
      if (report === undefined) return;
      reportError(options.service === undefined ? report : { ...report, service: options.service });
    },
  };
}

function reportOf(line: string): ErrorReport | undefined {
  const fields = parse(line);
  if (fields === undefined) return undefined;
  const level = levelOf(fields['level']);
  const err = fields['err'];
  const error = isRecord(err) ? loggedError(err) : undefined;
  if (level < WARN && error === undefined) return undefined;
  if (error !== undefined && isAnswered(fields['res'])) return undefined;
  const msg = typeof fields['msg'] === 'string' && fields['msg'] !== '' ? fields['msg'] : undefined;
  // As everywhere the message is the error's own, so that its copies by other ways say the same.
  const message = error === undefined ? (msg ?? 'no message') : messageOf(error);
  const details: Record<string, unknown> = msg === undefined || msg === message ? {} : { log_message: msg };
  if (isRecord(err) && typeof err['code'] === 'string') details['code'] = err['code'];
  for (const [key, value] of Object.entries(fields)) if (!OWN_FIELDS.has(key)) details[key] = value;
  return { severity: severityOf(level), message, details, ...(error === undefined ? {} : { error }) };
}

/** Fastify logs the error of every failed request, a client's faults at info: those are none, and the rest may be covered. */
function isAnswered(res: unknown): boolean {
  if (!isRecord(res) || typeof res['statusCode'] !== 'number') return false;
  return res['statusCode'] < 500 || routesAreCovered();
}

/** The error as pino's serializer wrote it down: type, message, and a stack with its causes. */
function loggedError(err: Readonly<Record<string, unknown>>): Error {
  const error = new Error(typeof err['message'] === 'string' ? err['message'] : '');
  if (typeof err['type'] === 'string') error.name = err['type'];
  error.stack = typeof err['stack'] === 'string' ? err['stack'] : '';
  return error;
}

function severityOf(level: number): CaptureSeverity {
  if (level >= 60) return 'critical';
  if (level >= 50) return 'error';
  return level >= WARN ? 'warning' : 'info';
}

function levelOf(level: unknown): number {
  return typeof level === 'number' ? level : (namedLevels.get(String(level).toLowerCase()) ?? 0);
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    // A host that writes something else than pino's lines here: nothing to capture.
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
