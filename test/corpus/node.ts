// Node.js: V8 stacks of services, from several hosts, builds and versions.
import type { CorpusGroup } from './corpus.ts';

const language = 'nodejs';

export const node: readonly CorpusGroup[] = [
  {
    name: 'node: a total of undefined in the cart',
    entries: [
      {
        language,
        type: 'TypeError',
        message: "Cannot read properties of undefined (reading 'total')",
        stack: `TypeError: Cannot read properties of undefined (reading 'total')
    at priceOf (/app/src/cart.js:12:9)
    at async checkout (/app/src/checkout.js:40:3)
    at async /app/node_modules/express/lib/router/layer.js:95:5
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`,
      },
      {
        // Another container root, other lines, another Node.
        language,
        type: 'TypeError',
        message: "Cannot read properties of undefined (reading 'total')",
        stack: `TypeError: Cannot read properties of undefined (reading 'total')
    at priceOf (/usr/src/app/src/cart.js:19:21)
    at async checkout (/usr/src/app/src/checkout.js:44:3)
    at async /usr/src/app/node_modules/.pnpm/express@4.19.2/node_modules/express/lib/router/layer.js:97:5
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`,
      },
      {
        // ES modules, no language told.
        language: '',
        type: 'TypeError',
        message: "Cannot read properties of undefined (reading 'total')",
        stack: `TypeError: Cannot read properties of undefined (reading 'total')
    at priceOf (file:///workspace/src/cart.js:12:9)
    at async checkout (file:///workspace/src/checkout.js:41:3)`,
      },
      {
        // Windows.
        language,
        type: 'TypeError',
        message: "Cannot read properties of undefined (reading 'total')",
        stack: `TypeError: Cannot read properties of undefined (reading 'total')
    at priceOf (C:\\app\\src\\cart.js:12:9)
    at async checkout (C:\\app\\src\\checkout.js:40:3)`,
      },
    ],
  },
  {
    name: 'node: the same message from another function',
    entries: [
      {
        language,
        type: 'TypeError',
        message: "Cannot read properties of undefined (reading 'total')",
        stack: `TypeError: Cannot read properties of undefined (reading 'total')
    at renderInvoice (/app/src/invoice.js:12:9)
    at async checkout (/app/src/checkout.js:40:3)`,
      },
    ],
  },
  {
    name: 'node: another property in the same function',
    entries: [
      {
        language,
        type: 'TypeError',
        message: "Cannot read properties of undefined (reading 'currency')",
        stack: `TypeError: Cannot read properties of undefined (reading 'currency')
    at priceOf (/app/src/cart.js:13:9)
    at async checkout (/app/src/checkout.js:40:3)`,
      },
    ],
  },
  {
    name: 'node: another type from the same function',
    entries: [
      {
        language,
        type: 'RangeError',
        message: "Cannot read properties of undefined (reading 'total')",
        stack: `RangeError: Cannot read properties of undefined (reading 'total')
    at priceOf (/app/src/cart.js:12:9)
    at async checkout (/app/src/checkout.js:40:3)`,
      },
    ],
  },
  {
    name: 'node: postgres refuses the connection',
    entries: [
      {
        language,
        type: 'Error',
        message: 'connect ECONNREFUSED 127.0.0.1:5432',
        stack: `Error: connect ECONNREFUSED 127.0.0.1:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1555:16)
    at async findOrder (/app/src/orders/repository.js:8:3)`,
      },
      {
        language,
        type: 'Error',
        message: 'connect ECONNREFUSED 10.42.7.19:5432',
        stack: `Error: connect ECONNREFUSED 10.42.7.19:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)
    at async findOrder (/srv/src/orders/repository.js:11:15)`,
      },
      {
        language,
        type: 'Error',
        message: 'connect ECONNREFUSED [fd00:10:244:1::5]:5432',
        stack: `Error: connect ECONNREFUSED [fd00:10:244:1::5]:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)
    at async findOrder (/app/src/orders/repository.js:8:3)`,
      },
    ],
  },
  {
    name: 'node: connection reset, same call',
    entries: [
      {
        language,
        type: 'Error',
        message: 'read ECONNRESET',
        stack: `Error: read ECONNRESET
    at TCP.onStreamRead (node:internal/stream_base_commons:217:20)
    at async findOrder (/app/src/orders/repository.js:8:3)`,
      },
    ],
  },
  {
    name: 'node: order not found, by id',
    entries: [
      {
        language,
        type: 'OrderNotFound',
        message: 'order 4711 not found',
        stack: `OrderNotFound: order 4711 not found
    at Orders.get (/app/dist/orders.js:88:11)
    at Object.<anonymous> (/app/dist/routes/order.js:20:30)`,
      },
      {
        language,
        type: 'OrderNotFound',
        message: 'order 9 not found',
        stack: `OrderNotFound: order 9 not found
    at Orders.get (/app/dist/orders.js:91:11)
    at Object.<anonymous> (/app/dist/routes/order.js:22:30)`,
      },
    ],
  },
  {
    name: 'node: drizzle insert into one table',
    entries: [
      {
        language,
        type: 'DrizzleQueryError',
        message: 'Failed query: insert into "planetscale_events" ("id", "org") values ($1, $2)\nparams: 42:11,acme',
        stack: `DrizzleQueryError: Failed query: insert into "planetscale_events" ("id", "org") values ($1, $2)
params: 42:11,acme
    at NodePgPreparedQuery.queryWithCache (/app/node_modules/drizzle-orm/pg-core/session.js:41:15)
    at async saveEvents (/app/src/store/events.ts:77:5)
  [cause]: error: relation "planetscale_events" does not exist
    at /app/node_modules/pg/lib/client.js:526:17
    at async saveEvents (/app/src/store/events.ts:77:5)`,
      },
      {
        language,
        type: 'DrizzleQueryError',
        message: 'Failed query: insert into "planetscale_events" ("id", "org") values ($1, $2)\nparams: 99:7,globex',
        stack: `DrizzleQueryError: Failed query: insert into "planetscale_events" ("id", "org") values ($1, $2)
params: 99:7,globex
    at NodePgPreparedQuery.queryWithCache (/app/node_modules/drizzle-orm/pg-core/session.js:44:15)
    at async saveEvents (/app/src/store/events.ts:79:5)
  [cause]: error: relation "planetscale_events" does not exist
    at /app/node_modules/pg/lib/client.js:545:17
    at async saveEvents (/app/src/store/events.ts:79:5)`,
      },
    ],
  },
  {
    name: 'node: drizzle insert into another table',
    entries: [
      {
        language,
        type: 'DrizzleQueryError',
        message: 'Failed query: insert into "anomaly_states" ("id", "org") values ($1, $2)\nparams: 42:11,acme',
        stack: `DrizzleQueryError: Failed query: insert into "anomaly_states" ("id", "org") values ($1, $2)
params: 42:11,acme
    at NodePgPreparedQuery.queryWithCache (/app/node_modules/drizzle-orm/pg-core/session.js:41:15)
    at async saveEvents (/app/src/store/events.ts:77:5)
  [cause]: error: relation "anomaly_states" does not exist
    at /app/node_modules/pg/lib/client.js:526:17
    at async saveEvents (/app/src/store/events.ts:77:5)`,
      },
    ],
  },
  {
    name: 'node: upstream answered 502',
    entries: [
      {
        language,
        type: 'AxiosError',
        message: 'Request failed with status code 502',
        stack: `AxiosError: Request failed with status code 502
    at settle (file:///app/node_modules/axios/lib/core/settle.js:19:12)
    at IncomingMessage.handleStreamEnd (file:///app/node_modules/axios/lib/adapters/http.js:599:11)
    at async charge (file:///app/src/payments/stripe.js:31:20)`,
      },
      {
        language,
        type: 'AxiosError',
        message: 'Request failed with status code 502',
        stack: `AxiosError: Request failed with status code 502
    at settle (file:///app/node_modules/.pnpm/axios@1.7.9/node_modules/axios/lib/core/settle.js:19:12)
    at async charge (file:///app/src/payments/stripe.js:36:20)`,
      },
    ],
  },
  {
    name: 'node: upstream answered 401',
    entries: [
      {
        language,
        type: 'AxiosError',
        message: 'Request failed with status code 401',
        stack: `AxiosError: Request failed with status code 401
    at settle (file:///app/node_modules/axios/lib/core/settle.js:19:12)
    at async charge (file:///app/src/payments/stripe.js:31:20)`,
      },
    ],
  },
  {
    name: 'node: recursion without end',
    entries: [
      {
        language,
        type: 'RangeError',
        message: 'Maximum call stack size exceeded',
        stack: `RangeError: Maximum call stack size exceeded
    at walk (/app/src/tree.js:4:3)
    at walk (/app/src/tree.js:5:10)
    at walk (/app/src/tree.js:5:10)
    at walk (/app/src/tree.js:5:10)
    at build (/app/src/menu.js:9:1)`,
      },
      {
        language,
        type: 'RangeError',
        message: 'Maximum call stack size exceeded',
        stack: `RangeError: Maximum call stack size exceeded
    at walk (/app/src/tree.js:4:3)
    at walk (/app/src/tree.js:5:10)
    at build (/app/src/menu.js:9:1)`,
      },
    ],
  },
  {
    name: 'node: no own frame, a driver gives up',
    entries: [
      {
        language,
        type: 'MongoServerSelectionError',
        message: 'connection timed out',
        stack: `MongoServerSelectionError: connection timed out
    at Topology.selectServer (/app/node_modules/mongodb/lib/sdam/topology.js:303:38)
    at async Topology._connect (/app/node_modules/mongodb/lib/sdam/topology.js:196:28)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`,
      },
      {
        language,
        type: 'MongoServerSelectionError',
        message: 'connection timed out',
        stack: `MongoServerSelectionError: connection timed out
    at Topology.selectServer (/srv/releases/20260821101500/node_modules/mongodb/lib/sdam/topology.js:311:38)
    at async Topology._connect (/srv/releases/20260821101500/node_modules/mongodb/lib/sdam/topology.js:201:28)`,
      },
    ],
  },
];
