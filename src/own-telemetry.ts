// Our own traces and counts, by OpenTelemetry, where OTEL_EXPORTER_OTLP_ENDPOINT says. Without it nothing is loaded.
// Three guards keep it from feeding itself: config.ts refuses our own port, the exporters' requests are not traced, and
// what comes back through a collector is known by the resource attribute and dropped (store/accept-delivery.ts).
import { metrics as otelMetrics, trace } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import type { Metrics } from './metrics.ts';

interface OwnTelemetry {
  /** Sends what is left, within the deadline. */
  stop(deadlineMs: number): Promise<void>;
}

/** Does nothing until an SDK is registered below: the hot path has no `if`. */
export function ownTracer(): Tracer {
  return trace.getTracer('errata');
}

interface OwnTelemetrySettings {
  readonly endpoint: string | undefined;
  readonly attributes: Readonly<Record<string, string | boolean>>;
}

const EXPORT_INTERVAL_MS = 15_000;

/** After every metric is declared. */
export async function startOwnTelemetry(settings: OwnTelemetrySettings, metrics: Metrics): Promise<OwnTelemetry> {
  const { endpoint } = settings;
  if (endpoint === undefined) return { stop: async () => undefined };
  const [
    { NodeSDK },
    { OTLPTraceExporter },
    { OTLPMetricExporter },
    { PeriodicExportingMetricReader },
    { resourceFromAttributes },
  ] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/exporter-metrics-otlp-proto'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/resources'),
  ]);
  const base = endpoint.replace(/\/+$/, '');
  const sdk = new NodeSDK({
    resource: resourceFromAttributes({ 'service.name': 'errata', ...settings.attributes }),
    autoDetectResources: false,
    traceExporter: new OTLPTraceExporter({ url: `${base}/v1/traces` }),
    metricReaders: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: `${base}/v1/metrics` }),
        exportIntervalMillis: EXPORT_INTERVAL_MS,
      }),
    ],
  });
  sdk.start();
  mirror(metrics);
  return {
    stop: async (deadlineMs) => {
      const timeout = new Promise<void>((resolve) => {
        setTimeout(resolve, deadlineMs).unref();
      });
      // An endpoint that is away must not hold up a stop: what is lost is our own telemetry only.
      await Promise.race([sdk.shutdown().catch(() => undefined), timeout]);
    },
  };
}

/** What /metrics shows goes out as OpenTelemetry metrics too; all of it is declared by now. */
function mirror(metrics: Metrics): void {
  const meter = otelMetrics.getMeter('errata');
  for (const { name, help, kind } of metrics.read()) {
    const options = { description: help };
    const instrument =
      kind === 'counter' ? meter.createObservableCounter(name, options) : meter.createObservableGauge(name, options);
    instrument.addCallback((result) => {
      const reading = metrics.read().find((candidate) => candidate.name === name);
      for (const { labels, value } of reading?.points ?? []) result.observe(value, labels);
    });
  }
}
