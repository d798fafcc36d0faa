"""A limit on the head of a request: the parser in compiled code has none, and keeps a head until it is complete.

Trailers after a body in chunks are kept in the same way, and limited in the same way.
"""

from typing import Any, Final, cast

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

__all__ = ["MOST_HEAD_BYTES", "HeadLimitedProtocol"]

MOST_HEAD_BYTES: Final = 64 * 1024
"""Request line and headers; what proxies let through is less."""
_LINGER_S: Final = 2.0
_TEXT: Final = f"The request line and headers of a request are at most {MOST_HEAD_BYTES} bytes.\n"
_ANSWER: Final = (
    "HTTP/1.1 431 Request Header Fields Too Large\r\n"
    "content-type: text/plain; charset=utf-8\r\n"
    f"content-length: {len(_TEXT)}\r\n"
    "connection: close\r\n"
    "\r\n"
    f"{_TEXT}"
).encode("ascii")


class HeadLimitedProtocol(HttpToolsProtocol):
    """A connection whose requests have heads of at most `MOST_HEAD_BYTES`, and else get the status 431 and are closed.

    Bytes count as long as nothing is ended by them: no head, no message, and no piece of a body. What comes after
    such an end in one piece from the network is not counted, so that much more may be kept (256 KiB).
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._open_bytes = 0
        self._has_ended = False
        self._is_refused = False

    @override
    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._has_ended = False
        super().data_received(data)
        self._open_bytes = 0 if self._has_ended else self._open_bytes + len(data)
        if self._open_bytes > MOST_HEAD_BYTES:
            self._refuse()

    @override
    def on_headers_complete(self) -> None:
        self._has_ended = True
        if len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers) > MOST_HEAD_BYTES:
            self.url = b"/"  # a long one cannot be taken apart
            self.app = _too_large  # in its turn, behind the requests that came before it on the connection
        super().on_headers_complete()

    @override
    def on_body(self, body: bytes) -> None:
        self._has_ended = True
        super().on_body(body)

    @override
    def on_message_complete(self) -> None:
        self._has_ended = True
        super().on_message_complete()

    def _refuse(self) -> None:
        """Answer, and read away for a moment what still comes: closing on it would lose the answer (RFC 9112, 9.6)."""
        self._is_refused = True
        if self.transport.is_closing():
            return
        cycle = cast("RequestResponseCycle | None", self.cycle)
        if cycle is not None and not cycle.response_complete:
            self.transport.close()  # another answer is on its way, and this one would stand in the middle of it
            return
        self.transport.write(_ANSWER)
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.loop.call_later(_LINGER_S, self.transport.close)


async def _too_large(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(_TEXT, 431, {"Connection": "close"})(scope, receive, send)
