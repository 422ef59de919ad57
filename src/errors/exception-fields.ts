// exception.type, exception.message and exception.stacktrace, wherever they stand: on an event, a span or a log record.
// Each may be missing (semconv: type or message is enough); error.type and error.message are their older cousins.
import type { Attributes } from '../ingest/candidate.ts';
import { firstText, textOf } from './attribute-values.ts';
import type { ErrorType } from './error-event.ts';
import { errorTypes } from './error-event.ts';

export interface ExceptionFields {
  readonly exceptionType: string;
  readonly message: string;
  readonly stackTrace: string;
}

export function exceptionFieldsOf(attributes: Attributes): ExceptionFields {
  return {
    exceptionType: textOf(attributes, 'exception.type'),
    message: textOf(attributes, 'exception.message'),
    stackTrace: textOf(attributes, 'exception.stacktrace'),
  };
}

export function isEmpty(fields: ExceptionFields): boolean {
  return fields.exceptionType === '' && fields.message === '' && fields.stackTrace === '';
}

/** What the capture library says itself; unknown words are ignored. */
export function ownErrorType(attributes: readonly Attributes[]): ErrorType | undefined {
  const own = firstText(attributes, 'errata.error_type');
  return errorTypes.find((errorType) => errorType === own);
}

/** `error.fingerprint`: one text or an array of texts, each may hold `{{default}}`. */
export function customFingerprintOf(attributes: readonly Attributes[]): readonly string[] {
  for (const map of attributes) {
    const value = map.get('error.fingerprint');
    if (typeof value === 'string' && value !== '') return [value];
    if (Array.isArray(value)) {
      const parts = value.filter((part: unknown): part is string => typeof part === 'string');
      if (parts.some((part) => part !== '')) return parts;
    }
  }
  return [];
}

/** code.function.name, or what it was called before v1.30. */
export function functionOf(attributes: readonly Attributes[]): string {
  const current = firstText(attributes, 'code.function.name');
  if (current !== '') return current;
  return [firstText(attributes, 'code.namespace'), firstText(attributes, 'code.function')]
    .filter((part) => part !== '')
    .join('.');
}
