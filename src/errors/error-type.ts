// error_type: what kind of failure it is, so that rules and agents can be chosen by it. The sender's own word decides (see
// the builder); then the table, over types, codes and the message; then what kind of call it was.
import type { Attributes } from '../ingest/candidate.ts';
import { firstText } from './attribute-values.ts';
import type { ErrorType } from './error-event.ts';
import { errorTypeRules } from './error-type-rules.ts';
import type { ErrorTypeRule } from './error-type-rules.ts';
import { RecentMap } from './recent-map.ts';

export interface Symptoms {
  readonly exceptionType: string;
  /** Of the root cause, where the stack tells it. */
  readonly rootType: string;
  readonly message: ClassifiedText;
  readonly hasStack: boolean;
  readonly attributes: readonly Attributes[];
}

/** A message, and what the table said of it: the same object is handed in again when a message repeats. */
export interface ClassifiedText {
  readonly shown: string;
  rank?: Rank;
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

/** Types and codes are few: what the table said of them is kept. */
const MAX_KNOWN = 5_000;

/** Place of a rule in the table; `none` is behind all of them. */
type Rank = number;
const none: Rank = errorTypeRules.length;

export function createClassifier(): (symptoms: Symptoms) => ErrorType {
  const knownTypes = new RecentMap<string, Rank>({ maxEntries: MAX_KNOWN });

  return ({ attributes, exceptionType, rootType, ...symptoms }) => {
    const { message: text } = symptoms;
    const message = text.shown.slice(0, MAX_MESSAGE_CHARS);
    text.rank ??= rankOfMessage(message);
    const names = [exceptionType, rootType, ...codeKeys.map((key) => firstText(attributes, key)), errorCode(message)];
    // The more telling of the two: `TimeoutError: connection pool exhausted` is about the pool.
    const rank = Math.min(
      remembered(knownTypes, names.join('\n'), () => rankOfTypes(names)),
      text.rank,
    );
    const told = errorTypeRules[rank];
    if (told !== undefined) return told.errorType;
    return (
      byCall(exceptionType, attributes) ?? (exceptionType !== '' || symptoms.hasStack ? 'unhandled_exception' : 'other')
    );
  };
}

function remembered(known: RecentMap<string, Rank>, key: string, make: () => Rank): Rank {
  let rank = known.get(key);
  if (rank === undefined) {
    rank = make();
    known.set(key, rank);
  }
  return rank;
}

function rankOfTypes(names: readonly string[]): Rank {
  const given = names.filter((name) => name !== '').map(shortName);
  return rankOf(({ types }) => types !== undefined && given.some((name) => types.test(name)));
}

function rankOfMessage(message: string): Rank {
  return message === '' ? none : rankOf((rule) => rule.message?.test(message) === true);
}

function rankOf(hits: (rule: ErrorTypeRule) => boolean): Rank {
  const index = errorTypeRules.findIndex(hits);
  return index < 0 ? none : index;
}

/** Nothing in the error says what it is, but its span says how a call ended, or what was being done. */
function byCall(exceptionType: string, attributes: readonly Attributes[]): ErrorType | undefined {
  if (firstText(attributes, 'db.system.name', 'db.system') !== '') return 'database_error';
  // A TypeError in a handler ends in a 500 too: the status is its consequence, and the call is fine.
  if (exceptionType !== '' && exceptionType !== 'Error') return undefined;
  const isCall =
    firstText(attributes, 'rpc.system', 'rpc.system.name') !== '' || firstText(attributes, 'url.full') !== '';
  return (
    byStatus(firstText(attributes, 'http.response.status_code', 'http.status_code')) ??
    (isCall ? 'api_error' : undefined)
  );
}

function byStatus(status: string): ErrorType | undefined {
  if (!/^[45]\d\d$/.test(status)) return undefined;
  if (status === '429') return 'rate_limited';
  if (status === '401' || status === '403' || status === '407') return 'auth_failed';
  return status === '408' || status === '504' ? 'timeout' : 'api_error';
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
