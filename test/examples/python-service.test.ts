// examples/python-service against a receiver. Needs a Python with its requirements.txt: ERRATA_PYTHON names one
// (.venv/bin/python); without it this is skipped, with the reason.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { repository } from '../capture/build-capture.ts';
import { startSink } from '../capture/otlp-sink.ts';
import { requirement } from '../require.ts';

const python = process.env['ERRATA_PYTHON'] ?? 'python3';
const test = await requirement('python', whatIsMissing);

test('the Python service sends a span exception, the same in both signals, and a warning', async () => {
  const sink = await startSink();
  await promisify(execFile)(python, [join(repository, 'examples', 'python-service', 'service.py')], {
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: sink.url },
  });
  await sink.close();
  expect(sink.spans.map(({ name, exceptions }) => [name, exceptions])).toEqual([
    ['charge invoice', 1],
    ['load orders', 1],
  ]);
  const [refused, warned] = sink.logs.filter((log) => log.severityNumber >= 13);
  expect(refused).toMatchObject({
    severityNumber: 17,
    body: 'orders were not loaded',
    traceId: sink.spans[1]?.traceId,
    attributes: { 'exception.type': 'OrdersUnavailable' },
  });
  expect(warned).toMatchObject({ severityNumber: 13, body: 'retrying invoice 4712 with the second card' });
  expect(warned?.resource['service.name']).toBe('invoice-worker');
});

async function whatIsMissing(): Promise<string | undefined> {
  const imports = 'import opentelemetry.exporter.otlp.proto.http, opentelemetry.instrumentation.logging.handler';
  try {
    await promisify(execFile)(python, ['-c', imports]);
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message.trim().split('\n').at(-1) : String(cause);
  }
}
