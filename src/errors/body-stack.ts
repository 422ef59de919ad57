// `console.error(err.stack)`, `logger.exception(...)`: the whole exception as the text of a log record. Taken apart, so
// that it groups like any other and meets its span's exception.
import type { ExceptionFields } from './exception-fields.ts';
import { headerType } from './stack-sections.ts';

const pythonHead = 'Traceback (most recent call last):';
/** V8, Java, .NET. */
const firstFrame = /\n\s{1,16}at (?:[^\n(]{1,500}\([^\n]|[^\n\s]{1,500}:\d+$)/m;
/** A body is looked at so far for where its stack begins. */
const MAX_HEAD_CHARS = 16 * 1024;

/** undefined when the text has no stack in it. */
export function exceptionInBody(body: string): ExceptionFields | undefined {
  if (!body.includes('\n')) return undefined;
  const traceback = body.indexOf(pythonHead);
  if (traceback >= 0) return fromHeader(lastLine(body), body.slice(traceback));
  const frame = firstFrame.exec(body.slice(0, MAX_HEAD_CHARS));
  if (frame === null) return undefined;
  const header = headerStart(body.slice(0, frame.index));
  return fromHeader(body.slice(header, frame.index), body.slice(header));
}

/** `TypeError: x is not a function`. */
function fromHeader(header: string, stackTrace: string): ExceptionFields | undefined {
  const exceptionType = headerType(header.split('\n', 1)[0] ?? '');
  if (exceptionType === '') return undefined;
  const message = header
    .slice(exceptionType.length)
    .replace(/^:?\s*/, '')
    .trim();
  return { exceptionType, message, stackTrace };
}

/** What was logged before it stands on lines of its own: the header is the first line that begins like a type. */
function headerStart(head: string): number {
  let start = 0;
  for (const line of head.split('\n')) {
    if (/^[\w.$]*(?:Error|Exception|Failure|Throwable)\b/.test(line)) return start;
    start += line.length + 1;
  }
  return 0;
}

/** Where Python says what it was: the last line that is not indented. */
function lastLine(text: string): string {
  return (
    text
      .slice(-MAX_HEAD_CHARS)
      .split('\n')
      .findLast((line) => /^[A-Za-z_][\w.]*(?::|$)/.test(line)) ?? ''
  );
}
