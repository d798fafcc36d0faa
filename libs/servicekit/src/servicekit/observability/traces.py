"""Spans, recorded by OpenTelemetry and sent to a collector by OTLP over HTTP.

Imported only where an address is set: a process that traces nothing pays nothing. Spans wait in a queue of bounded
size for a thread that sends them; where the collector is slow or gone they are dropped, and nothing else notices.
"""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    set_span_in_context,
)
from opentelemetry.trace import Span as OtelSpan

from servicekit.observability.logs import without_secrets
from servicekit.settings import TracingSettings
from servicekit.tracing import Attributes, Kind, Span, TraceContext, install_recorder

__all__ = ["recording_traces"]

_QUEUE_SPANS = 8192
_BATCH_SPANS = 512
_SEND_EVERY_MS = 1000
_LONGEST_ATTRIBUTE = 500

_KINDS: dict[Kind, SpanKind] = {
    "server": SpanKind.SERVER,
    "internal": SpanKind.INTERNAL,
    "client": SpanKind.CLIENT,
    "producer": SpanKind.PRODUCER,
    "consumer": SpanKind.CONSUMER,
}


@asynccontextmanager
async def recording_traces(settings: TracingSettings, services: Sequence[str], version: str) -> AsyncIterator[None]:
    """Record the spans of this process while the block runs; what is left at its end is sent, for a short while."""
    assert settings.otlp_endpoint is not None  # noqa: S101 - nobody asks for it otherwise
    provider = TracerProvider(
        sampler=ParentBased(TraceIdRatioBased(settings.sample_ratio)),
        resource=Resource.create(
            {
                "service.namespace": "fairway",
                "service.name": services[0] if len(services) == 1 else "fairway",
                "service.version": version,
                "service.instance.id": f"{socket.gethostname()}:{os.getpid()}",
                "fairway.services": list(services),
            }
        ),
        span_limits=SpanLimits(max_attribute_length=_LONGEST_ATTRIBUTE),
        shutdown_on_exit=False,
    )
    exporter = OTLPSpanExporter(
        settings.otlp_endpoint, headers={}, timeout=settings.timeout_s, compression=Compression.Gzip
    )
    provider.add_span_processor(
        BatchSpanProcessor(
            exporter,
            max_queue_size=_QUEUE_SPANS,
            max_export_batch_size=_BATCH_SPANS,
            schedule_delay_millis=_SEND_EVERY_MS,
        )
    )
    install_recorder(_OtelRecorder(provider.get_tracer("fairway", version)))
    try:
        yield
    finally:
        install_recorder(None)
        await asyncio.to_thread(provider.shutdown)


class _OtelRecorder:
    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    def begin(self, name: str, kind: Kind, parent: TraceContext | None, attributes: Attributes) -> Span:
        above = None if parent is None else set_span_in_context(NonRecordingSpan(_otel_context(parent)))
        hidden = {key: without_secrets(value) for key, value in attributes.items()}
        return _OtelSpanOfOurs(self._tracer.start_span(name, above, _KINDS[kind], hidden))


class _OtelSpanOfOurs:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span
        told = span.get_span_context()
        self.context = TraceContext(
            f"{told.trace_id:032x}", f"{told.span_id:016x}", bool(told.trace_flags & TraceFlags.SAMPLED)
        )

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def put(self, **attributes: str | float | bool) -> None:
        for name, value in attributes.items():
            self._span.set_attribute(name.replace("__", "."), without_secrets(value))

    def fail(self, error: BaseException | str) -> None:
        kind = error if isinstance(error, str) else getattr(error, "code", None) or type(error).__name__
        self._span.set_status(Status(StatusCode.ERROR))
        self._span.set_attribute("error.type", str(kind))

    def end(self) -> None:
        self._span.end()


def _otel_context(context: TraceContext) -> SpanContext:
    flags = TraceFlags(TraceFlags.SAMPLED if context.is_sampled else TraceFlags.DEFAULT)
    return SpanContext(int(context.trace_id, 16), int(context.span_id, 16), is_remote=True, trace_flags=flags)
