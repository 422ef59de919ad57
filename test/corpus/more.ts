// More of what services really send: deep framework stacks, serverless roots, minified names, other clients.
import type { CorpusGroup } from './corpus.ts';

export const more: readonly CorpusGroup[] = [
  {
    name: 'node: AWS Lambda',
    entries: [
      {
        language: 'nodejs',
        type: 'ValidationError',
        message: 'event 7d9f8b6c-1111-4c0b-9df1-0c7b8a0f2f11 has no body',
        stack: `ValidationError: event 7d9f8b6c-1111-4c0b-9df1-0c7b8a0f2f11 has no body
    at parse (/var/task/src/handler.js:9:11)
    at Runtime.handler (/var/task/src/handler.js:22:3)
    at Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)`,
      },
      {
        language: 'nodejs',
        type: 'ValidationError',
        message: 'event 0c7b8a0f-2222-4c0b-9df1-7d9f8b6c2f11 has no body',
        stack: `ValidationError: event 0c7b8a0f-2222-4c0b-9df1-7d9f8b6c2f11 has no body
    at parse (/var/task/src/handler.js:12:11)
    at Runtime.handler (/var/task/src/handler.js:25:3)
    at Runtime.handleOnceNonStreaming (file:///var/runtime/index.mjs:1173:29)`,
      },
    ],
  },
  {
    name: 'node: Redis pool in a worker',
    entries: [
      {
        language: 'nodejs',
        type: 'Error',
        message: 'Redis connection pool exhausted: 50 of 50 in use',
        stack: `Error: Redis connection pool exhausted: 50 of 50 in use
    at Pool.acquire (/app/node_modules/generic-pool/lib/Pool.js:412:13)
    at new Session (/app/src/session.js:17:9)
    at Object.open (/app/src/session.js:40:10)
    at Array.map (<anonymous>)
    at Worker.run (/app/src/worker.js:8:22)`,
      },
      {
        language: 'nodejs',
        type: 'Error',
        message: 'Redis connection pool exhausted: 20 of 20 in use',
        stack: `Error: Redis connection pool exhausted: 20 of 20 in use
    at Pool.acquire (/app/node_modules/generic-pool/lib/Pool.js:415:13)
    at new Session (/app/src/session.js:18:9)
    at Object.open (/app/src/session.js:44:10)
    at Array.map (<anonymous>)
    at Worker.run (/app/src/worker.js:9:22)`,
      },
    ],
  },
  {
    name: 'browser: an anonymous handler in Chrome and in Firefox',
    entries: [
      {
        language: 'webjs',
        type: 'TypeError',
        message: 'map.getCenter is not a function',
        stack: `TypeError: map.getCenter is not a function
    at moveEnd (https://maps.example.com/js/map.1f2e3d4c.js:1:4410)
    at HTMLDivElement.<anonymous> (https://maps.example.com/js/map.1f2e3d4c.js:1:9120)`,
      },
      {
        language: 'webjs',
        type: 'TypeError',
        message: 'map.getCenter is not a function',
        stack: `TypeError: map.getCenter is not a function
    at moveEnd (https://maps.example.com/js/map.aa55bb66.js:1:4502)
    at HTMLDivElement.<anonymous> (https://maps.example.com/js/map.aa55bb66.js:1:9301)`,
      },
    ],
  },
  {
    name: 'python: Django, deep in the framework',
    entries: [
      {
        language: 'python',
        type: 'django.db.utils.OperationalError',
        message: 'connection to server at "10.0.0.5", port 5432 failed: Connection refused',
        stack: `Traceback (most recent call last):
  File "/usr/local/lib/python3.12/site-packages/django/core/handlers/exception.py", line 55, in inner
    response = get_response(request)
  File "/app/orders/views.py", line 44, in list_orders
    return Order.objects.filter(open=True)
  File "/usr/local/lib/python3.12/site-packages/django/db/backends/base/base.py", line 275, in connect
    self.connection = self.get_new_connection(conn_params)
django.db.utils.OperationalError: connection to server at "10.0.0.5", port 5432 failed: Connection refused
`,
      },
      {
        language: 'python',
        type: 'django.db.utils.OperationalError',
        message: 'connection to server at "10.7.1.9", port 6432 failed: Connection refused',
        stack: `Traceback (most recent call last):
  File "/opt/venv/lib/python3.11/site-packages/django/core/handlers/exception.py", line 42, in inner
    response = get_response(request)
  File "/srv/orders/views.py", line 47, in list_orders
    return Order.objects.filter(open=True)
  File "/opt/venv/lib/python3.11/site-packages/django/db/backends/base/base.py", line 270, in connect
    self.connection = self.get_new_connection(conn_params)
django.db.utils.OperationalError: connection to server at "10.7.1.9", port 6432 failed: Connection refused
`,
      },
    ],
  },
  {
    name: 'python: an async job',
    entries: [
      {
        language: 'python',
        type: 'asyncio.exceptions.CancelledError',
        message: '',
        stack: `Traceback (most recent call last):
  File "/app/jobs/sync.py", line 30, in pull
    await client.get(url)
  File "/usr/local/lib/python3.12/asyncio/tasks.py", line 520, in wait_for
    return await fut
asyncio.exceptions.CancelledError
`,
      },
      {
        language: 'python',
        type: 'asyncio.exceptions.CancelledError',
        message: '',
        stack: `Traceback (most recent call last):
  File "/app/jobs/sync.py", line 33, in pull
    await client.get(url)
  File "/usr/local/lib/python3.13/asyncio/tasks.py", line 507, in wait_for
    return await fut
asyncio.exceptions.CancelledError
`,
      },
    ],
  },
  {
    name: 'java: Feign through dynamic proxies',
    entries: [
      {
        language: 'java',
        type: 'feign.FeignException$ServiceUnavailable',
        message: '[503 Service Unavailable] during [GET] to [http://stock-1:8080/items/7] [StockClient#item(Long)]: []',
        stack: `feign.FeignException$ServiceUnavailable: [503 Service Unavailable] during [GET] to [http://stock-1:8080/items/7] [StockClient#item(Long)]: []
	at feign.FeignException.serverErrorStatus(FeignException.java:250)
	at jdk.proxy2/jdk.proxy2.$Proxy112.item(Unknown Source)
	at com.acme.shop.StockService.find(StockService.java:27)
	at com.acme.shop.StockService$$SpringCGLIB$$0.find(<generated>)
	at com.acme.shop.ItemController.get(ItemController.java:15)
`,
      },
      {
        language: 'java',
        type: 'feign.FeignException$ServiceUnavailable',
        message: '[503 Service Unavailable] during [GET] to [http://stock-2:8080/items/19] [StockClient#item(Long)]: []',
        stack: `feign.FeignException$ServiceUnavailable: [503 Service Unavailable] during [GET] to [http://stock-2:8080/items/19] [StockClient#item(Long)]: []
	at feign.FeignException.serverErrorStatus(FeignException.java:251)
	at jdk.proxy2/jdk.proxy2.$Proxy98.item(Unknown Source)
	at com.acme.shop.StockService.find(StockService.java:29)
	at com.acme.shop.StockService$$SpringCGLIB$$1.find(<generated>)
	at com.acme.shop.ItemController.get(ItemController.java:17)
`,
      },
    ],
  },
  {
    name: 'scala: a future',
    entries: [
      {
        language: 'java',
        type: 'java.util.NoSuchElementException',
        message: 'key not found: 42',
        stack: `java.util.NoSuchElementException: key not found: 42
	at scala.collection.MapOps.default(Map.scala:274)
	at com.acme.feed.Store.$anonfun$load$1(Store.scala:21)
	at scala.concurrent.Future$.$anonfun$apply$1(Future.scala:687)
	at com.acme.feed.Store.load(Store.scala:20)
`,
      },
      {
        language: 'java',
        type: 'java.util.NoSuchElementException',
        message: 'key not found: 43',
        stack: `java.util.NoSuchElementException: key not found: 43
	at scala.collection.MapOps.default(Map.scala:289)
	at com.acme.feed.Store.$anonfun$load$3(Store.scala:29)
	at scala.concurrent.Future$.$anonfun$apply$1(Future.scala:691)
	at com.acme.feed.Store.load(Store.scala:28)
`,
      },
    ],
  },
  {
    name: 'go: nil map in a module of its own',
    entries: [
      {
        language: 'go',
        type: 'runtime.plainError',
        message: 'assignment to entry in nil map',
        stack: `goroutine 88 [running]:
panic({0x5e0f40?, 0x6a1b80?})
	/usr/local/go/src/runtime/panic.go:785 +0x132
github.com/acme/feed/index.(*Index).Put(0xc00009e0c0, {0xc000018210, 0x5})
	/build/index/index.go:33 +0x85
github.com/acme/feed/worker.Run[...](0xc0000a2000)
	/build/worker/worker.go:61 +0x1c
`,
      },
      {
        language: 'go',
        type: 'runtime.plainError',
        message: 'assignment to entry in nil map',
        stack: `goroutine 91 [running]:
panic({0x5e0f40?, 0x6a1b80?})
	/opt/hostedtoolcache/go/1.22.5/x64/src/runtime/panic.go:770 +0x132
github.com/acme/feed/index.(*Index).Put(0xc0000ae0c0, {0xc000018210, 0x5})
	/home/runner/work/feed/feed/index/index.go:35 +0x85
github.com/acme/feed/worker.Run[...](0xc0000b2000)
	/home/runner/work/feed/feed/worker/worker.go:64 +0x1c
`,
      },
    ],
  },
  {
    name: 'ruby: Sidekiq',
    entries: [
      {
        language: 'ruby',
        type: 'ActiveRecord::RecordNotFound',
        message: "Couldn't find Order with 'id'=4711",
        stack: `/usr/local/bundle/ruby/3.3.0/gems/activerecord-7.1.3/lib/active_record/core.rb:259:in \`find'
/app/app/jobs/invoice_job.rb:7:in \`perform'
/usr/local/bundle/ruby/3.3.0/gems/sidekiq-7.2.0/lib/sidekiq/processor.rb:220:in \`execute_job'`,
      },
      {
        language: 'ruby',
        type: 'ActiveRecord::RecordNotFound',
        message: "Couldn't find Order with 'id'=9",
        stack: `/usr/local/bundle/ruby/3.3.0/gems/activerecord-7.2.0/lib/active_record/core.rb:266:in \`find'
/app/app/jobs/invoice_job.rb:9:in \`perform'
/usr/local/bundle/ruby/3.3.0/gems/sidekiq-7.3.1/lib/sidekiq/processor.rb:229:in \`execute_job'`,
      },
    ],
  },
  {
    name: 'php: a closure in Laravel',
    entries: [
      {
        language: 'php',
        type: 'Illuminate\\Database\\QueryException',
        message: "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'shop.coupons' doesn't exist",
        stack: `#0 /var/www/vendor/laravel/framework/src/Illuminate/Database/Connection.php(829): Illuminate\\Database\\Connection->runQueryCallback('select * from \`...', Array, Object(Closure))
#1 /var/www/app/Coupons.php(22): Illuminate\\Database\\Query\\Builder->get()
#2 /var/www/routes/api.php(14): App\\Coupons->valid()
#3 [internal function]: Illuminate\\Routing\\RouteFileRegistrar->{closure}()
#4 {main}`,
      },
      {
        language: 'php',
        type: 'Illuminate\\Database\\QueryException',
        message: "SQLSTATE[42S02]: Base table or view not found: 1146 Table 'shop.coupons' doesn't exist",
        stack: `#0 /var/www/vendor/laravel/framework/src/Illuminate/Database/Connection.php(797): Illuminate\\Database\\Connection->runQueryCallback('select * from \`...', Array, Object(Closure))
#1 /var/www/app/Coupons.php(25): Illuminate\\Database\\Query\\Builder->get()
#2 /var/www/routes/api.php(16): App\\Coupons->valid()
#3 {main}`,
      },
    ],
  },
  {
    name: 'rust: an axum handler',
    entries: [
      {
        language: 'rust',
        type: 'sqlx::Error',
        message: 'pool timed out while waiting for an open connection',
        stack: `   0: std::backtrace::Backtrace::create
             at /rustc/9fc6b43126469e3858e2fe86cafb4f0fd5068869/library/std/src/backtrace.rs:331:13
   1: feed::db::load::{{closure}}::h1234567890abcdef
             at /build/src/db.rs:20:5
   2: <axum::handler::IntoServiceFuture<F> as core::future::future::Future>::poll
             at /usr/local/cargo/registry/src/index.crates.io-6f17d22bba15001f/axum-0.7.5/src/handler/future.rs:38:13
   3: feed::routes::list::{{closure}}::h1234567890abcdef
             at /build/src/routes.rs:41:9`,
      },
      {
        language: 'rust',
        type: 'sqlx::Error',
        message: 'pool timed out while waiting for an open connection',
        stack: `   0: std::backtrace::Backtrace::create
             at /rustc/25ef9e3d85d934b27d9dada2f9dd52b1dc63bb04/library/std/src/backtrace.rs:325:13
   1: feed::db::load::{{closure}}::hfedcba0987654321
             at ./src/db.rs:23:5
   2: feed::routes::list::{{closure}}::hfedcba0987654321
             at ./src/routes.rs:44:9`,
      },
    ],
  },
];
