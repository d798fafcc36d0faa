"""A limit on every request body, counted as it arrives, whatever its Content-Length says."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from servicekit.errors import TooLarge

__all__ = ["BodyLimit", "accepts_upload"]

_MULTIPART_ROOM = 64 * 1024
"""What boundaries and part headers may add to a file of the largest size."""
_LINGER_BYTES = 1024 * 1024 * 1024
_LINGER_S = 30.0

F = TypeVar("F", bound=Callable[..., object])

_uploads: set[Callable[..., object]] = set()


def accepts_upload(endpoint: F) -> F:
    """Mark a handler that takes files, up to the upload limit in place of the ordinary one. The innermost decorator."""
    _uploads.add(endpoint)
    return endpoint


class BodyLimit:
    """ASGI middleware: reading past the limit raises TooLarge, and the rest is read away so that the answer arrives."""

    def __init__(self, app: ASGIApp, *, ordinary_bytes: int, upload_bytes: int) -> None:
        self._app = app
        self._ordinary_bytes = ordinary_bytes
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body limited."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(self, scope, receive, send)
        await self._app(scope, body.receive, body.send)

    def limit(self, scope: Scope, headers: dict[bytes, bytes]) -> int:
        """Return how many bytes the matched route takes; known once the request is routed."""
        if scope.get("endpoint") not in _uploads:
            return self._ordinary_bytes
        is_multipart = headers.get(b"content-type", b"").startswith(b"multipart/")
        return self._upload_bytes + (_MULTIPART_ROOM if is_multipart else 0)


class _Body:
    def __init__(self, limits: BodyLimit, scope: Scope, receive: Receive, send: Send) -> None:
        self._limits = limits
        self._scope = scope
        self._receive = receive
        self._send = send
        self._headers = dict(scope["headers"])
        self._received = 0
        self._refused = False
        self._ended = False

    async def receive(self) -> Message:
        limit = self._limits.limit(self._scope, self._headers)
        declared = self._headers.get(b"content-length", b"")
        if declared.isdigit() and int(declared) > limit:
            self._refuse(limit)
        message = await self._receive()
        self._note(message)
        if self._received > limit:
            self._refuse(limit)
        return message

    async def send(self, message: Message) -> None:
        last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if not (self._refused and last):
            await self._send(message)
            return
        await self._send({**message, "more_body": True})
        await self._linger()
        await self._send({"type": "http.response.body", "body": b""})

    def _note(self, message: Message) -> None:
        self._received += len(message.get("body", b""))
        self._ended = message["type"] != "http.request" or not message.get("more_body", False)

    def _refuse(self, limit: int) -> None:
        self._refused = True
        raise TooLarge(f"This route takes at most {limit} bytes", limit_bytes=limit)

    async def _linger(self) -> None:
        """Read away what the caller still sends: closing on it would lose the answer (RFC 9112, section 9.6)."""
        if self._headers.get(b"expect", b"").lower() == b"100-continue" and self._received == 0:
            return  # the caller waits for a word before it sends anything
        try:
            async with asyncio.timeout(_LINGER_S):
                while not self._ended and self._received < _LINGER_BYTES:
                    self._note(await self._receive())
        except TimeoutError:
            return
