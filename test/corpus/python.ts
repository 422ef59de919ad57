// Python: the innermost frame last, chains with the root first.
import type { CorpusGroup } from './corpus.ts';

const language = 'python';

export const python: readonly CorpusGroup[] = [
  {
    name: 'python: division by zero in pricing',
    entries: [
      {
        language,
        type: 'ZeroDivisionError',
        message: 'division by zero',
        stack: `Traceback (most recent call last):
  File "/app/shop/views.py", line 31, in checkout
    total = discount(cart)
  File "/app/shop/pricing.py", line 12, in discount
    return cart.sum / cart.count
           ~~~~~~~~~^~~~~~~~~~~~
ZeroDivisionError: division by zero
`,
      },
      {
        language,
        type: 'ZeroDivisionError',
        message: 'division by zero',
        stack: `Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/flask/app.py", line 880, in full_dispatch_request
    rv = self.dispatch_request()
  File "/home/deploy/shop/views.py", line 35, in checkout
    total = discount(cart)
  File "/home/deploy/shop/pricing.py", line 14, in discount
    return cart.sum / cart.count
ZeroDivisionError: division by zero
`,
      },
      {
        language: '',
        type: 'ZeroDivisionError',
        message: 'division by zero',
        stack: `Traceback (most recent call last):
  File "C:\\app\\shop\\views.py", line 31, in checkout
  File "C:\\app\\shop\\pricing.py", line 12, in discount
ZeroDivisionError: division by zero`,
      },
    ],
  },
  {
    name: 'python: division by zero elsewhere',
    entries: [
      {
        language,
        type: 'ZeroDivisionError',
        message: 'division by zero',
        stack: `Traceback (most recent call last):
  File "/app/shop/views.py", line 31, in checkout
    total = tax(cart)
  File "/app/shop/pricing.py", line 22, in tax
    return cart.sum / cart.count
ZeroDivisionError: division by zero
`,
      },
    ],
  },
  {
    name: 'python: a key that is missing',
    entries: [
      {
        language,
        type: 'KeyError',
        message: "'currency'",
        stack: `Traceback (most recent call last):
  File "/app/shop/pricing.py", line 5, in convert
    rate = rates["currency"]
KeyError: 'currency'
`,
      },
    ],
  },
  {
    name: 'python: another key that is missing',
    entries: [
      {
        language,
        type: 'KeyError',
        message: "'country'",
        stack: `Traceback (most recent call last):
  File "/app/shop/pricing.py", line 5, in convert
    rate = rates["country"]
KeyError: 'country'
`,
      },
    ],
  },
  {
    name: 'python: refused connection behind a domain exception',
    entries: [
      {
        language,
        type: 'shop.errors.StockUnavailable',
        message: 'stock service is away',
        stack: `Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/urllib3/connection.py", line 174, in _new_conn
    conn = connection.create_connection(
  File "/app/shop/stock.py", line 40, in fetch
    return session.get(url)
ConnectionRefusedError: [Errno 111] Connection refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/shop/views.py", line 12, in product
    stock = fetch(sku)
  File "/app/shop/stock.py", line 42, in fetch
    raise StockUnavailable("stock service is away") from error
shop.errors.StockUnavailable: stock service is away
`,
      },
      {
        language,
        type: 'shop.errors.StockUnavailable',
        message: 'stock service is away',
        stack: `Traceback (most recent call last):
  File "/usr/lib/python3.12/site-packages/urllib3/connection.py", line 198, in _new_conn
    sock = connection.create_connection(
  File "/srv/shop/stock.py", line 44, in fetch
    return session.get(url)
ConnectionRefusedError: [Errno 111] Connection refused

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/shop/api.py", line 90, in product
    stock = fetch(sku)
  File "/srv/shop/stock.py", line 46, in fetch
    raise StockUnavailable("stock service is away") from error
shop.errors.StockUnavailable: stock service is away
`,
      },
    ],
  },
  {
    name: 'python: another root cause behind the same exception',
    entries: [
      {
        language,
        type: 'shop.errors.StockUnavailable',
        message: 'stock service is away',
        stack: `Traceback (most recent call last):
  File "/app/shop/stock.py", line 40, in fetch
    return session.get(url)
TimeoutError: timed out

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/shop/stock.py", line 42, in fetch
    raise StockUnavailable("stock service is away")
shop.errors.StockUnavailable: stock service is away
`,
      },
    ],
  },
  {
    name: 'python: unique violation on users',
    entries: [
      {
        language,
        type: 'psycopg2.errors.UniqueViolation',
        message:
          'duplicate key value violates unique constraint "users_email_key"\nDETAIL:  Key (email)=([email]) already exists.',
        stack: `Traceback (most recent call last):
  File "/app/shop/users.py", line 61, in register
    cursor.execute(sql, row)
psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "users_email_key"
DETAIL:  Key (email)=([email]) already exists.
`,
      },
      {
        language,
        type: 'psycopg2.errors.UniqueViolation',
        message:
          'duplicate key value violates unique constraint "users_email_key"\nDETAIL:  Key (email)=([email]) already exists.\nCONTEXT: row 812',
        stack: `Traceback (most recent call last):
  File "/app/shop/users.py", line 66, in register
    cursor.execute(sql, row)
psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "users_email_key"
`,
      },
    ],
  },
  {
    name: 'python: unique violation on orders',
    entries: [
      {
        language,
        type: 'psycopg2.errors.UniqueViolation',
        message: 'duplicate key value violates unique constraint "orders_number_key"',
        stack: `Traceback (most recent call last):
  File "/app/shop/users.py", line 61, in register
    cursor.execute(sql, row)
psycopg2.errors.UniqueViolation: duplicate key value violates unique constraint "orders_number_key"
`,
      },
    ],
  },
  {
    name: 'python: an exception group',
    entries: [
      {
        language,
        type: 'ExceptionGroup',
        message: 'unhandled errors in a TaskGroup (2 sub-exceptions)',
        stack: `  + Exception Group Traceback (most recent call last):
  |   File "/app/shop/jobs.py", line 14, in nightly
  |     async with asyncio.TaskGroup() as group:
  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/shop/jobs.py", line 8, in one
    | ValueError: one
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "/app/shop/jobs.py", line 9, in two
    | ValueError: two
    +------------------------------------
`,
      },
      {
        language,
        type: 'ExceptionGroup',
        message: 'unhandled errors in a TaskGroup (3 sub-exceptions)',
        stack: `  + Exception Group Traceback (most recent call last):
  |   File "/app/shop/jobs.py", line 16, in nightly
  |     async with asyncio.TaskGroup() as group:
  | ExceptionGroup: unhandled errors in a TaskGroup (3 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/shop/jobs.py", line 9, in two
    | ValueError: two
    +------------------------------------
`,
      },
    ],
  },
  {
    name: 'python: only library frames',
    entries: [
      {
        language,
        type: 'celery.exceptions.TimeLimitExceeded',
        message: 'TimeLimitExceeded(300)',
        stack: `Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/billiard/pool.py", line 683, in on_hard_timeout
    raise TimeLimitExceeded(job._timeout)
billiard.exceptions.TimeLimitExceeded: TimeLimitExceeded(300)
`,
      },
      {
        language,
        type: 'celery.exceptions.TimeLimitExceeded',
        message: 'TimeLimitExceeded(60)',
        stack: `Traceback (most recent call last):
  File "/opt/venv/lib/python3.11/site-packages/billiard/pool.py", line 690, in on_hard_timeout
    raise TimeLimitExceeded(job._timeout)
billiard.exceptions.TimeLimitExceeded: TimeLimitExceeded(60)
`,
      },
    ],
  },
];
