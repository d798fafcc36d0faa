"""A collector for tests: takes OTLP over HTTP on a free port of this machine and keeps the spans."""

import gzip
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from typing_extensions import override

__all__ = ["OtlpReceiver", "ReceivedSpan", "receiving_spans"]


@dataclass(frozen=True)
class ReceivedSpan:
    """A span as it came."""

    trace_id: str
    span_id: str
    parent_id: str
    """Empty where it has none."""
    name: str
    kind: int
    attributes: Mapping[str, Any]
    resource: Mapping[str, Any]
    is_error: bool
    start_ns: int
    end_ns: int
    raw: bytes = field(repr=False)


class OtlpReceiver:
    """What was received."""

    def __init__(self, port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}/v1/traces"
        self._spans: list[ReceivedSpan] = []
        self._changed = Condition()

    def take(self, request: ExportTraceServiceRequest) -> None:
        """Keep the spans of one request."""
        with self._changed:
            for of_resource in request.resource_spans:
                resource = {each.key: _value(each.value) for each in of_resource.resource.attributes}
                for scope in of_resource.scope_spans:
                    self._spans += [
                        ReceivedSpan(
                            trace_id=span.trace_id.hex(),
                            span_id=span.span_id.hex(),
                            parent_id=span.parent_span_id.hex(),
                            name=span.name,
                            kind=span.kind,
                            attributes={each.key: _value(each.value) for each in span.attributes},
                            resource=resource,
                            is_error=span.status.code == span.status.STATUS_CODE_ERROR,
                            start_ns=span.start_time_unix_nano,
                            end_ns=span.end_time_unix_nano,
                            raw=span.SerializeToString(),
                        )
                        for span in scope.spans
                    ]
            self._changed.notify_all()

    def spans(self, trace_id: str | None = None) -> list[ReceivedSpan]:
        """Return what has come up to now, of one trace or of all."""
        with self._changed:
            return [span for span in self._spans if trace_id in (None, span.trace_id)]


@contextmanager
def receiving_spans() -> Iterator[OtlpReceiver]:
    """Listen as long as the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path != "/v1/traces":
                self.send_error(404)
                return
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            receiver.take(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = OtlpReceiver(server.server_port)
        thread = Thread(target=server.serve_forever, name="otlp-receiver")
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(each) for each in value.array_value.values]
    return getattr(value, kind) if kind else None
