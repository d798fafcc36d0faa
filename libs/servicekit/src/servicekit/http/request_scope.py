"""Around every request: its trace, its metrics, one log entry, and an answer when a handler fails unexpectedly."""

import time

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.errors import InternalError
from servicekit.http.problems import known_error, problem
from servicekit.http.request_limit import PROBES
from servicekit.observability import Metrics, logger
from servicekit.tracing import Span, enter

__all__ = ["RequestScope"]

_log = logger(__name__)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CLIENT_LEFT = 499
"""What other servers log when the caller went away before the answer."""


class RequestScope:
    """ASGI middleware: begins the trace and answers for what no handler has caught."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        traceparent = dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")
        method = _method_of(scope)
        with enter(method, "server", traceparent=traceparent, attributes={"http.request.method": method}) as span:
            await self._answer(scope, receive, send, span)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        trace_id = span.context.trace_id
        begun = time.perf_counter()
        status: int | None = None

        async def send_traced(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Trace-Id"] = trace_id
            await send(message)

        self._metrics.requests_in_flight.inc()
        try:
            await self._app(scope, receive, send_traced)
        except ClientDisconnect:
            status = status or _CLIENT_LEFT
        except Exception as error:
            if status is not None:
                raise  # half an answer is out: only breaking the connection tells the caller
            found = known_error(error) or InternalError(f"An error of ours; its trace is {trace_id}")
            _log.exception("a request failed", code=found.code, path=scope["path"])
            await problem(found, Request(scope))(scope, receive, send_traced)
        finally:
            self._metrics.requests_in_flight.dec()
            self._finish(scope, status or 500, time.perf_counter() - begun, span)

    def _finish(self, scope: Scope, status: int, duration_s: float, span: Span) -> None:
        method = _method_of(scope)
        route = getattr(scope.get("route"), "path", None) or "unmatched"
        self._metrics.request(method, route, status, duration_s)
        span.rename(f"{method} {route}")
        span.put(http__route=route, http__response__status_code=status)
        if status >= 500:
            span.fail(str(status))
        write = _log.debug if scope["path"] in PROBES else _log.info
        write("request", method=method, path=scope["path"], status=status, duration_s=round(duration_s, 4))


def _method_of(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in _METHODS else "OTHER"
