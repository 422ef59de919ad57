// A Python traceback ends with str(exception) after the class with its module. OpenTelemetry's logging handler sends only
// args[0] ("111" of "[Errno 111] Connection refused") and the bare class, its span events send both in full: with what the
// traceback says the two are one error, in one group.
import type { ExceptionFields } from './exception-fields.ts';

const starts = ['Traceback (most recent call last):', '  + Exception Group Traceback (most recent call last):'];
/** The members of an exception group follow; they are other exceptions. */
const groupMembers = /\n {2}\+-\+-{4,}/;

/** For log records: type and message of the traceback, where it is one of that type. */
export function withPythonException(fields: ExceptionFields): ExceptionFields {
  return { ...fields, ...lastException(fields) };
}

/** For spans, whose senders may choose a message of their own: that one stays. */
export function withPythonMessage(fields: ExceptionFields): ExceptionFields {
  const told = lastException(fields)?.message;
  const isSame = told !== undefined && (told.includes(fields.message) || fields.message.includes(told));
  return isSame ? { ...fields, message: told } : fields;
}

/** undefined when the stack is no traceback, when it was cut, is of another type or has no text. */
function lastException(fields: ExceptionFields): Pick<ExceptionFields, 'exceptionType' | 'message'> | undefined {
  const { stackTrace, exceptionType } = fields;
  if (!starts.some((start) => stackTrace.startsWith(start))) return undefined;
  const own = stackTrace.split(groupMembers, 1)[0] ?? '';
  const text = own.replaceAll('\n  | ', '\n');
  const afterFrames = text.slice(text.lastIndexOf('\n  File "') + 1);
  const said = /\n([^\s:]{1,200}): (.+)$/s.exec(afterFrames);
  const [, type = '', message = ''] = said ?? [];
  if (type === '' || className(type) !== className(exceptionType)) return undefined;
  return { exceptionType: type, message: message.trim() };
}

function className(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}
