// Python tells one exception in two ways: the SDK's span event with str(exception), its logging handler with args[0] and
// the type without its module. Both carry the traceback, which says the first.
import { expect, test } from 'vitest';
import { createErrorMaker } from '../../src/errors/error-maker.ts';
import { attributes, delivery, exceptionEvent, log, NOW_MS, span } from './candidates.ts';

const refused = `Traceback (most recent call last):
  File "/app/shop/stock.py", line 40, in fetch
    return session.get(url)
           ^^^^^^^^^^^^^^^^
  File "/usr/lib/python3.12/socket.py", line 850, in create_connection
    raise err
ConnectionRefusedError: [Errno 111] Connection refused
`;
const missingKey = `Traceback (most recent call last):
  File "/app/shop/pricing.py", line 5, in convert
    rate = rates["currency"]
           ~~~~~^^^^^^^^^^^^
KeyError: 'currency'
`;
const statement = `(psycopg2.errors.UndefinedTable) relation "cart" does not exist
LINE 1: SELECT * FROM cart

[SQL: SELECT * FROM cart]
(Background on this error at: https://sqlalche.me/e/20/f405)`;
const database = `Traceback (most recent call last):
  File "/app/.venv/lib/python3.12/site-packages/sqlalchemy/engine/base.py", line 1967, in _exec_single_context
    self.dialect.do_execute(
psycopg2.errors.UndefinedTable: relation "cart" does not exist
LINE 1: SELECT * FROM cart


The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/shop/cart.py", line 12, in load
    return connection.execute(query)
sqlalchemy.exc.ProgrammingError: ${statement}
`;
const syntax = `Traceback (most recent call last):
  File "/app/shop/plugins.py", line 9, in load
    exec(compile(source, name, "exec"))
  File "discount.plugin", line 1
    def (
        ^
SyntaxError: invalid syntax
`;
const ownText = `Traceback (most recent call last):
  File "/app/shop/orders.py", line 30, in place
    raise OrderRefused(17)
shop.errors.OrderRefused: order 17 was refused
`;
const taskGroup = `  + Exception Group Traceback (most recent call last):
  |   File "/app/shop/jobs.py", line 8, in run
  |     async with asyncio.TaskGroup() as group:
  |                ^^^^^^^^^^^^^^^^^^^
  |   File "/usr/lib/python3.12/asyncio/taskgroups.py", line 145, in __aexit__
  |     raise me from None
  | ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/shop/jobs.py", line 4, in job
    |     raise ValueError("no stock")
    | ValueError: no stock
    +------------------------------------
`;

test.each([
  ['OSError', 'ConnectionRefusedError', '111', '[Errno 111] Connection refused', refused],
  ['KeyError', 'KeyError', 'currency', "'currency'", missingKey],
  [
    'SQLAlchemy',
    'sqlalchemy.exc.ProgrammingError',
    '(psycopg2.errors.UndefinedTable) relation "cart" does not exist\nLINE 1: SELECT * FROM cart\n',
    statement,
    database,
  ],
  ['a class with a text of its own', 'shop.errors.OrderRefused', '17', 'order 17 was refused', ownText],
  [
    'ExceptionGroup',
    'ExceptionGroup',
    'unhandled errors in a TaskGroup',
    'unhandled errors in a TaskGroup (1 sub-exception)',
    taskGroup,
  ],
])('the log of a Python exception meets its span event: %s', (_, type, firstArgument, text, stack) => {
  const logged = log({
    body: 'failed',
    attributes: attributes({
      'exception.type': type.split('.').at(-1),
      'exception.message': firstArgument,
      'exception.stacktrace': stack,
    }),
  });
  const event = span({
    exceptions: [exceptionEvent({ 'exception.type': type, 'exception.message': text, 'exception.stacktrace': stack })],
  });
  const made = createErrorMaker().fromDelivery(delivery([logged, event]), NOW_MS);
  expect(made).toMatchObject({ duplicates: 1, events: [{ message: text }] });
  const apart = createErrorMaker();
  const [ofLog] = apart.fromDelivery(delivery([logged]), NOW_MS).events;
  const [ofEvent] = apart.fromDelivery(delivery([event]), NOW_MS).events;
  expect(ofLog?.id).toBe(ofEvent?.id);
  expect(ofLog?.message).toBe(text);
  expect(ofLog?.fingerprint).toBe(ofEvent?.fingerprint);
});

test('a syntax error, whose traceback says less than its text, is one error too', () => {
  const told = { 'exception.type': 'SyntaxError', 'exception.stacktrace': syntax };
  const logged = log({ attributes: attributes({ ...told, 'exception.message': 'invalid syntax' }) });
  const event = span({
    exceptions: [exceptionEvent({ ...told, 'exception.message': 'invalid syntax (discount.plugin, line 1)' })],
  });
  expect(createErrorMaker().fromDelivery(delivery([logged, event]), NOW_MS)).toMatchObject({ duplicates: 1 });
});

test.each([
  ['another type', 'TimeoutError', refused],
  ['a traceback that was cut', 'ConnectionRefusedError', refused.slice(0, 150)],
  ['no text after the type', 'AssertionError', refused.replace(/ConnectionRefused.*/, 'AssertionError')],
  ['no Python', 'TypeError', 'TypeError: x is not a function\n    at buy (/app/src/cart.js:1:2)'],
])('the message of a log stays what it is: %s', (_, type, stack) => {
  const logged = log({
    attributes: attributes({ 'exception.type': type, 'exception.message': '111', 'exception.stacktrace': stack }),
  });
  expect(createErrorMaker().fromDelivery(delivery([logged]), NOW_MS).events[0]?.message).toBe('111');
});

test("a message that a span event's sender chose itself stays", () => {
  const event = span({
    exceptions: [
      exceptionEvent({
        'exception.type': 'ConnectionRefusedError',
        'exception.message': 'the stock service is away',
        'exception.stacktrace': refused,
      }),
    ],
  });
  expect(createErrorMaker().fromDelivery(delivery([event]), NOW_MS).events[0]?.message).toBe(
    'the stock service is away',
  );
});
