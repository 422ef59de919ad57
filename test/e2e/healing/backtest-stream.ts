// What the backtest is tested on: a million older errors, and a stream over OTLP that the live engine decides on.
import type { Processor } from '../../processor.ts';
import { openClients } from '../../../src/store/open-client.ts';

export interface Sent {
  readonly service: string;
  readonly message: string;
  readonly atMs: number;
  readonly critical?: boolean;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** By the engine itself, as long as nobody else holds the folder. Each hour begins with two minutes of one incident. */
export async function fillOlder(
  dataDir: string,
  { rows, fromMs, toMs }: { readonly rows: number; readonly fromMs: number; readonly toMs: number },
): Promise<void> {
  const clients = await openClients({ kind: 'embedded', dataDir });
  const batch = 250_000;
  for (let from = 0; from < rows; from += batch) {
    await clients.write.command({
      query: `INSERT INTO errors
        SELECT 1, at, generateUUIDv4(number), at, leftPad(lower(hex(g)), 32, '0'), concat('service-', toString(g % 20)),
          if(g % 50 = 0, 'critical', 'error'),
          ['connection_failed', 'timeout', 'api_error', 'unhandled_exception'][1 + intDiv(g, 20) % 4], 'IllegalStateException',
          concat('call ', toString(number), ' failed'),
          concat('java.lang.IllegalStateException: ', toString(g), repeat('\\n\\tat com.acme.Shop.pay(Shop.java:12)', 8)),
          concat('{"server.address":"', if(toMinute(at) < 2, 'old-inventory', concat('old-', toString(number % 5000))), '","server.port":8080}'),
          false, 'production', '1.0.0', 'web-1', '', '', '', 'log', 12
        FROM (SELECT number, cityHash64(number) % 1000 AS g,
            fromUnixTimestamp64Milli(toInt64(${fromMs} + intDiv(number * ${toMs - fromMs}, ${rows}))) AS at
          FROM numbers(${from}, ${Math.min(batch, rows - from)}))`,
    });
  }
  await clients.close();
}

/** Acknowledged: stored, and with the same `received_at` for all that one commit took. */
export async function send({ otlp }: Processor, errors: readonly Sent[]): Promise<void> {
  const response = await fetch(`${otlp}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: errors.map(toResourceLog) }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`refused: ${response.status} ${text}`);
}

function toResourceLog({ service, message, atMs, critical = false, attributes = {} }: Sent): object {
  return {
    resource: { attributes: [attributeOf(['service.name', service])] },
    scopeLogs: [
      {
        logRecords: [
          {
            timeUnixNano: String(BigInt(Math.round(atMs)) * 1_000_000n),
            severityNumber: critical ? 21 : 17,
            body: { stringValue: message },
            attributes: Object.entries(attributes).map(attributeOf),
          },
        ],
      },
    ],
  };
}

function attributeOf([key, value]: readonly [string, string | number]): object {
  return { key, value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value } };
}

/** What a bad hour looks like: many services, many kinds of trouble, some of it late, all of it different each time. */
export function* badHour(nowMs: () => number): Generator<Sent> {
  const random = seeded(20261124);
  for (let number = 0; ; number += 1) {
    const kind = kinds[Math.floor(random() * kinds.length)] ?? quiet;
    // One in ten comes late, up to two minutes; one in fifty from a clock that is ahead.
    const lateMs = random() < 0.1 ? random() * 120_000 : random() < 0.02 ? -5_000 : random() * 500;
    yield { ...kind(`web-${Math.floor(random() * 6)}`, number), atMs: nowMs() - lateMs };
  }
}

type Kind = (service: string, number: number) => Omit<Sent, 'atMs'>;

const toPeer =
  (peer: string, port: number, error: string): Kind =>
  (service, number) => ({
    service,
    message: `request ${number} to ${peer}: ${error}`,
    attributes: { 'server.address': peer, 'server.port': port, 'error.type': error },
  });

const quiet: Kind = (service, number) => ({ service, message: `order ${number} has no items` });

const kinds: readonly Kind[] = [
  quiet,
  quiet,
  quiet,
  toPeer('inventory', 8080, 'ETIMEDOUT'),
  toPeer('orders', 8080, 'ECONNREFUSED'),
  toPeer('nowhere', 8080, 'ENOTFOUND'),
  (service, number) => toPeer(`rare-${number % 900}`, 8080, 'ETIMEDOUT')(service, number),
  toPeer('ledger', 5432, 'ECONNREFUSED'),
  toPeer('ledger', 5432, '28P01'),
  (_, number) => ({ service: 'cart', message: `redis connection pool exhausted after ${number} ms` }),
  (_, number) => ({ service: 'render', message: `JavaScript heap out of memory at ${number}` }),
  (_, number) => ({ service: 'till', message: `payment ${number} failed: declined` }),
  (_, number) => ({ service: 'jobs', message: `job ${number} is not defined`, critical: true }),
];

/** Numbers in [0, 1), the same ones each time (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
