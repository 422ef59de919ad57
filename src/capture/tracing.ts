// Trace context for captured errors. A host with a tracer provider of its own keeps it, and its active span is used as
// it is. Else a NodeSDK is started: AsyncLocalStorage context, W3C propagation, and spans of which those with an error
// are sent.
import { ProxyTracerProvider, context, propagation, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { Resource } from '@opentelemetry/resources';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';

export interface TracingParts {
  readonly resource: Resource;
  readonly spanProcessor: SpanProcessor;
  readonly logProcessor: LogRecordProcessor;
}

/** undefined: the host has its own, or none can be had. Never throws. */
export function startTracing(parts: TracingParts): { stop(): Promise<void> } | undefined {
  if (hostHasTracing()) return undefined;
  try {
    return startSdk(parts);
  } catch (cause) {
    // Errors are captured without trace ids then, which is no reason for a service not to start.
    process.emitWarning(`tracing did not start: ${String(cause)}`, 'ErrataCapture');
    return undefined;
  }
}

function startSdk(parts: TracingParts): { stop(): Promise<void> } {
  const sdk = new NodeSDK({
    resource: parts.resource,
    autoDetectResources: false,
    spanProcessors: [parts.spanProcessor],
    logRecordProcessors: [parts.logProcessor],
    // Without these NodeSDK would start exporters of its own from the environment.
    metricReaders: [],
    instrumentations: [],
  });
  sdk.start();
  return {
    async stop() {
      await sdk.shutdown();
      // So that a later start finds the place free again.
      for (const api of [trace, context, propagation, logs]) api.disable();
    },
  };
}

function hostHasTracing(): boolean {
  const provider = trace.getTracerProvider();
  // The API's placeholder delegates to one shared no-op until a provider is registered.
  return (
    !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== new ProxyTracerProvider().getDelegate()
  );
}
