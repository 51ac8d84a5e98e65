"""Traces from the HTTP call through the workflow to its activities, sent by OTLP. Off unless an address is configured.

Spans carry ids, names of routes and activities, times and whether it went well: never what an error says, as that can
quote what somebody typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Status, Tracer
from temporalio.contrib.opentelemetry import TracingInterceptor

DELAY = 1000  # milliseconds until spans are sent


@dataclass(frozen=True)
class Tracing:
    """Where spans go. `close` sends what is left."""

    provider: TracerProvider

    @property
    def tracer(self) -> Tracer:
        """Makes spans."""
        return self.provider.get_tracer("keydesk")

    @property
    def interceptor(self) -> TracingInterceptor:
        """Carries a trace through Temporal: for the client, and for the workers built on it."""
        return TracingInterceptor(self.tracer)

    def close(self) -> None:
        """Send what is left, and stop."""
        self.provider.shutdown()


def tracing_to(endpoint: str, service: str) -> Tracing:
    """Spans of this process, as `service`, to an OTLP/HTTP address such as `http://collector:4318/v1/traces`."""
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    exporter = _WithoutWords(OTLPSpanExporter(endpoint=endpoint, timeout=5))
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=DELAY))
    return Tracing(provider)


class _WithoutWords(SpanExporter):
    """Takes events and descriptions off: exceptions stand in both."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._exporter.export([_bare(span) for span in spans])

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)


def _bare(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=span.attributes,
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
