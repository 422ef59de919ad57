// OTLP JSON requests as an SDK would send them.
import { randomBytes } from 'node:crypto';

export interface SpanOfError {
  readonly traceId: string;
  readonly spanId: string;
  readonly message: string;
  readonly timeUnixNano?: string;
  readonly parentSpanId?: string;
}

const STACK =
  'Error: boom\n    at charge (/app/src/payments/charge.js:10:11)\n    at pay (/app/src/routes/pay.js:22:5)';

export function tracesOf(spans: readonly SpanOfError[], service = 'checkout'): object {
  const time = String(BigInt(Date.now()) * 1_000_000n);
  return {
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', service)] },
        scopeSpans: [
          {
            scope: { name: 'test' },
            spans: spans.map((span) => ({
              traceId: span.traceId,
              spanId: span.spanId,
              ...(span.parentSpanId === undefined ? {} : { parentSpanId: span.parentSpanId }),
              name: 'POST /pay',
              kind: 2,
              startTimeUnixNano: span.timeUnixNano ?? time,
              endTimeUnixNano: span.timeUnixNano ?? time,
              status: { code: 2, message: span.message },
              events: [
                {
                  timeUnixNano: span.timeUnixNano ?? time,
                  name: 'exception',
                  attributes: exceptionOf(span.message),
                },
              ],
            })),
          },
        ],
      },
    ],
  };
}

export function logsOf(records: readonly SpanOfError[], service = 'checkout'): object {
  const time = String(BigInt(Date.now()) * 1_000_000n);
  return {
    resourceLogs: [
      {
        resource: { attributes: [text('service.name', service)] },
        scopeLogs: [
          {
            scope: { name: 'test' },
            logRecords: records.map((record) => ({
              timeUnixNano: record.timeUnixNano ?? time,
              severityNumber: 17,
              severityText: 'ERROR',
              eventName: 'exception',
              body: { stringValue: record.message },
              attributes: exceptionOf(record.message),
              traceId: record.traceId,
              spanId: record.spanId,
            })),
          },
        ],
      },
    ],
  };
}

function exceptionOf(message: string): readonly object[] {
  return [
    text('exception.type', 'PaymentFailed'),
    text('exception.message', message),
    text('exception.stacktrace', STACK),
  ];
}

function text(key: string, value: string): object {
  return { key, value: { stringValue: value } };
}

/** Each call makes that many errors, no two alike in all its calls. */
export function numberedErrors(): (count: number) => readonly SpanOfError[] {
  let order = 0;
  return (count) =>
    Array.from({ length: count }, () => ({
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      message: `order ${(order += 1)} was refused`,
    }));
}

/** Posts until it is acknowledged: what a sender with a queue does. Resolves with the number of tries. */
export async function postUntilAcknowledged(
  url: string | (() => string),
  body: object,
  signal: AbortSignal,
): Promise<number> {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    try {
      const response = await fetch(typeof url === 'string' ? url : url(), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      });
      await response.arrayBuffer();
      if (response.status === 200) return tries;
      if (response.status !== 503) throw new Error(`refused for good: ${response.status}`);
    } catch (cause) {
      if (cause instanceof Error && cause.message.startsWith('refused')) throw cause;
      // The processor is gone for a moment: the next try may meet it.
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}
