// error_type: what kind of failure it is, so that rules and agents can be chosen by it. The sender's own word decides; then
// types and codes, then HTTP status, then the message, then what kind of call it was.
import type { Attributes } from '../ingest/candidate.ts';
import { firstText } from './attribute-values.ts';
import type { ErrorType } from './error-event.ts';
import { errorTypeRules } from './error-type-rules.ts';
import { RecentMap } from './recent-map.ts';

export interface Symptoms {
  readonly exceptionType: string;
  /** Of the root cause, where the stack tells it. */
  readonly rootType: string;
  readonly message: string;
  readonly hasStack: boolean;
  readonly attributes: readonly Attributes[];
}

/** A message's first part tells; a dump behind it mentions anything. */
const MAX_MESSAGE_CHARS = 1_024;

const codeKeys = [
  'error.type',
  'error.code',
  'db.response.status_code',
  'rpc.grpc.status_code',
  'rpc.response.status_code',
  'code',
  'errno',
];

/** Types and codes are few and messages repeat: what the table said of them is kept. */
const MAX_KNOWN = 5_000;
/** In a Map undefined would be "not known". */
type Known = ErrorType | 'none';

export function createClassifier(): (symptoms: Symptoms) => ErrorType {
  const knownTypes = new RecentMap<string, Known>({ maxEntries: MAX_KNOWN });
  const knownMessages = new RecentMap<string, Known>({ maxEntries: MAX_KNOWN });

  return (symptoms) => {
    const { attributes, exceptionType, rootType } = symptoms;
    const message = symptoms.message.slice(0, MAX_MESSAGE_CHARS);
    const told = remembering(knownMessages, message, () => byMessage(message));
    // What failed comes before why, and mostly the message alone tells: `Error: PostgreSQL health check failed`.
    if (told === 'health_check_failed') return told;
    const names = [exceptionType, rootType, ...codeKeys.map((key) => firstText(attributes, key)), errorCode(message)];
    return (
      remembering(knownTypes, names.join('\n'), () => byTypes(names)) ??
      byStatus(firstText(attributes, 'http.response.status_code', 'http.status_code')) ??
      told ??
      byCall(attributes) ??
      (exceptionType !== '' || symptoms.hasStack ? 'unhandled_exception' : 'other')
    );
  };
}

function remembering(
  known: RecentMap<string, Known>,
  key: string,
  make: () => ErrorType | undefined,
): ErrorType | undefined {
  let found = known.get(key);
  if (found === undefined) {
    found = make() ?? 'none';
    known.set(key, found);
  }
  return found === 'none' ? undefined : found;
}

function byTypes(names: readonly string[]): ErrorType | undefined {
  const given = names.filter((name) => name !== '').map(shortName);
  return errorTypeRules.find(({ types }) => types !== undefined && given.some((name) => types.test(name)))?.errorType;
}

function byMessage(message: string): ErrorType | undefined {
  return message === '' ? undefined : errorTypeRules.find((rule) => rule.message?.test(message) === true)?.errorType;
}

function byStatus(status: string): ErrorType | undefined {
  if (!/^[45]\d\d$/.test(status)) return undefined;
  if (status === '429') return 'rate_limited';
  if (status === '401' || status === '403' || status === '407') return 'auth_failed';
  return status === '408' || status === '504' ? 'timeout' : 'api_error';
}

/** Nothing in the error says what it is, but the span says what was being done. */
function byCall(attributes: readonly Attributes[]): ErrorType | undefined {
  if (firstText(attributes, 'db.system.name', 'db.system') !== '') return 'database_error';
  const isCall = firstText(attributes, 'rpc.system', 'rpc.system.name', 'url.full', 'http.url') !== '';
  return isCall ? 'api_error' : undefined;
}

/** `java.net.ConnectException` → `ConnectException`; codes stay. */
function shortName(type: string): string {
  const own = /[\w$]+$/.exec(type)?.[0] ?? type;
  // The package tells too: `psycopg2.errors.UniqueViolation`, `PG::ConnectionBad`.
  return own === type ? type : `${own} ${type}`;
}

/** Node puts the code into the message: `connect ECONNREFUSED 127.0.0.1:5432`. */
function errorCode(message: string): string {
  return /\bE[A-Z]{4,14}\b/.exec(message)?.[0] ?? '';
}
