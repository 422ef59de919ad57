// Which names make a span, event or log record one that reports an exception. Semantic conventions v1.44: exceptions in
// logs, exceptions on spans (deprecated), OTEP 4430 (exception.* on the span itself). Each rule twice: for texts, and for
// bytes that are not worth a text.

const EXCEPTION_KEYS = ['exception.type', 'exception.message', 'exception.stacktrace'];
/** The attribute that LogRecord.event_name replaced. */
const EVENT_NAME_KEY = 'event.name';
const EXCEPTION = 'exception';

export const STACKTRACE_KEY = 'exception.stacktrace';

const typeKeyBytes = Buffer.from('exception.type');
const messageKeyBytes = Buffer.from('exception.message');
const stacktraceKeyBytes = Buffer.from('exception.stacktrace');
const eventNameKeyBytes = Buffer.from(EVENT_NAME_KEY);
const exceptionBytes = Buffer.from(EXCEPTION);
const DOT = 0x2e;

export function isExceptionKey(key: string): boolean {
  return EXCEPTION_KEYS.includes(key);
}

export function isEventNameKey(key: string): boolean {
  return key === EVENT_NAME_KEY;
}

/** `exception`, `db.client.operation.exception`. */
export function isExceptionName(name: string): boolean {
  return name === EXCEPTION || name.endsWith(`.${EXCEPTION}`);
}

export function isExceptionKeyAt(bytes: Buffer, from: number, to: number): boolean {
  switch (to - from) {
    case 14:
      return endsWith(bytes, to, typeKeyBytes);
    case 17:
      return endsWith(bytes, to, messageKeyBytes);
    case 20:
      return endsWith(bytes, to, stacktraceKeyBytes);
    default:
      return false;
  }
}

export function isEventNameKeyAt(bytes: Buffer, from: number, to: number): boolean {
  return to - from === eventNameKeyBytes.length && endsWith(bytes, to, eventNameKeyBytes);
}

export function isExceptionNameAt(bytes: Buffer, from: number, to: number): boolean {
  const before = to - exceptionBytes.length - 1;
  if (before < from - 1 || !endsWith(bytes, to, exceptionBytes)) return false;
  return before === from - 1 || bytes[before] === DOT;
}

/** From the end, because names that start alike (`exception.`) are more common than names that end alike. */
function endsWith(bytes: Buffer, to: number, text: Buffer): boolean {
  const offset = to - text.length;
  for (let index = text.length - 1; index >= 0; index--) {
    if (bytes[offset + index] !== text[index]) return false;
  }
  return true;
}
