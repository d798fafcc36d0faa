"""A limit on requests in hand: who comes beyond it hears so at once, in place of waiting behind all the others."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from servicekit.errors import Unavailable
from servicekit.http.problems import problem

__all__ = ["PROBES", "RequestLimit"]

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked by whoever watches the process, above all when it has much to do."""
_RETRY_AFTER = {"Retry-After": "5"}


class RequestLimit:
    """ASGI middleware: so many requests at a time, and so many beside them that ask to wait; probes beside both.

    Who asks to wait (`Prefer: wait`, an event stream) is idle most of the time and holds its place for long.
    """

    def __init__(self, app: ASGIApp, *, most: int, most_waiting: int) -> None:
        self._app = app
        self._most = {False: most, True: most_waiting}
        self._in_hand = {False: 0, True: 0}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer that there are too many."""
        if scope["type"] != "http" or scope["path"] in PROBES:
            await self._app(scope, receive, send)
            return
        is_waiting = _asks_to_wait(scope)
        if self._in_hand[is_waiting] >= self._most[is_waiting]:
            busy = Unavailable(f"This process has {self._most[is_waiting]} requests in hand", headers=_RETRY_AFTER)
            await problem(busy, Request(scope))(scope, receive, send)
            return
        self._in_hand[is_waiting] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._in_hand[is_waiting] -= 1


def _asks_to_wait(scope: Scope) -> bool:
    headers = scope["headers"]
    return any(
        (name == b"prefer" and b"wait" in value.lower())
        or (name == b"accept" and b"text/event-stream" in value.lower())
        for name, value in headers
    )
