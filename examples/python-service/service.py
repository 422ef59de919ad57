"""A small Python service with the plain OpenTelemetry SDK: nothing of Errata's own is needed.

Its errors leave in two ways, an exception recorded on a span and a log record with exc_info, and the second failure
leaves by both ways at once: it is still one error.
"""

import logging
import socket

from opentelemetry import trace
from opentelemetry._logs import set_logger_provider
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.logging.handler import LoggingHandler
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

# OTEL_EXPORTER_OTLP_ENDPOINT says where to send; its default, http://localhost:4318, is where Errata listens.
resource = Resource.create(
    {"service.name": "invoice-worker", "service.version": "1.0.0", "deployment.environment.name": "development"}
)
tracer_provider = TracerProvider(resource=resource)
tracer_provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(tracer_provider)
logger_provider = LoggerProvider(resource=resource)
logger_provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter()))
set_logger_provider(logger_provider)

logging.basicConfig(level=logging.INFO)
logging.getLogger().addHandler(LoggingHandler(logger_provider=logger_provider))

tracer = trace.get_tracer("invoice-worker")
logger = logging.getLogger("invoice-worker")


def charge(invoice_id: int, amount: int) -> None:
    if amount < 0:
        raise ValueError(f"invoice {invoice_id} has a negative amount: {amount}")


class OrdersUnavailable(Exception):
    pass


def load_orders() -> None:
    try:
        # Nothing listens there.
        socket.create_connection(("127.0.0.1", 9), timeout=1).close()
    except OSError as cause:
        raise OrdersUnavailable("orders database unreachable at 127.0.0.1:9") from cause


def main() -> None:
    # 1. On a span only: leaving the block with an exception records it.
    try:
        with tracer.start_as_current_span("charge invoice"):
            charge(4711, -5)
    except ValueError:
        pass

    # 2. On a span and in the log, in one trace.
    with tracer.start_as_current_span("load orders") as span:
        try:
            load_orders()
        except OrdersUnavailable as error:
            span.record_exception(error)
            span.set_status(trace.StatusCode.ERROR, str(error))
            logger.exception("orders were not loaded")

    # 3. In the log only.
    logger.warning("retrying invoice %s with the second card", 4712)
    logger.info("this line is no error and is not kept")

    tracer_provider.shutdown()
    logger_provider.shutdown()


main()
