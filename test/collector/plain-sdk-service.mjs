// A service as OpenTelemetry's own documentation writes it: nothing of Errata in it, all of it set by OTEL_* variables.
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK();
sdk.start();

const tracer = trace.getTracer('plain');
tracer.startActiveSpan('ok-span', (span) => span.end());
tracer.startActiveSpan('by-sdk', (span) => {
  span.recordException(new TypeError('cannot read the cart'));
  span.setStatus({ code: SpanStatusCode.ERROR, message: 'cannot read the cart' });
  span.end();
});

await sdk.shutdown();
