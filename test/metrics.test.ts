import { expect, test } from 'vitest';
import { createMetrics } from '../src/metrics.ts';

test('the text is what Prometheus reads: help, type, series', () => {
  const metrics = createMetrics();
  const counter = metrics.counter('errata_received_total', 'Records received.');
  counter.add(2, { signal: 'logs' });
  counter.add(3, { signal: 'traces' });
  counter.add(1, { signal: 'logs' });
  metrics.gauge('errata_lag_seconds', 'Lag.').set(1.5);
  metrics.watch('errata_bytes', 'Bytes in flight.', () => 42);
  expect(metrics.expose()).toBe(
    [
      '# HELP errata_received_total Records received.',
      '# TYPE errata_received_total counter',
      'errata_received_total{signal="logs"} 3',
      'errata_received_total{signal="traces"} 3',
      '# HELP errata_lag_seconds Lag.',
      '# TYPE errata_lag_seconds gauge',
      'errata_lag_seconds 1.5',
      '# HELP errata_bytes Bytes in flight.',
      '# TYPE errata_bytes gauge',
      'errata_bytes 42',
      '',
    ].join('\n'),
  );
});

test('a histogram counts each value in every bucket that holds it', () => {
  const metrics = createMetrics();
  const histogram = metrics.histogram('errata_insert_seconds', 'Insert.', [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) histogram.observe(value);
  expect(metrics.expose().split('\n').slice(2, 7)).toEqual([
    'errata_insert_seconds_bucket{le="0.1"} 2',
    'errata_insert_seconds_bucket{le="1"} 3',
    'errata_insert_seconds_bucket{le="+Inf"} 4',
    'errata_insert_seconds_sum 7.65',
    'errata_insert_seconds_count 4',
  ]);
});

test('label values are escaped', () => {
  const metrics = createMetrics();
  metrics.counter('a_total', 'A.').add(1, { reason: 'a"b\\c\nd' });
  expect(metrics.expose()).toContain('a_total{reason="a\\"b\\\\c\\nd"} 1');
});

test('label values without end become one series, and none is lost', () => {
  const metrics = createMetrics();
  const counter = metrics.counter('a_total', 'A.');
  for (let index = 0; index < 5_000; index += 1) counter.add(1, { reason: `r${index}` });
  const lines = metrics.expose().trimEnd().split('\n').slice(2);
  expect(lines).toHaveLength(1_001);
  expect(lines.at(-1)).toBe('a_total{reason="other"} 4000');
});

test('a metric is declared once', () => {
  const metrics = createMetrics();
  metrics.gauge('a', 'A.');
  expect(() => metrics.counter('a', 'A.')).toThrow('declared twice');
});
