"""Calling an ASGI application in the same process as if over HTTP, with bodies streamed both ways.

httpx's own ASGITransport collects the whole answer before it returns; here a file of hundreds of mebibytes passes in
pieces, and an answer that nobody reads any further is cancelled.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, MutableMapping
from typing import Any, cast

import httpx
from starlette.types import ASGIApp
from typing_extensions import override

__all__ = ["InProcessTransport"]

PIECES_AHEAD = 4
"""The application waits when so many pieces of its answer have not been read."""


class InProcessTransport(httpx.AsyncBaseTransport):
    """A transport that ends in an application of this process."""

    def __init__(self, app: ASGIApp, client: tuple[str, int] | None = None) -> None:
        self._app = app
        self._client = client

    @override
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Run the application on one request, up to the start of its answer."""
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": request.url.scheme,
            "path": request.url.path,
            "raw_path": request.url.raw_path.split(b"?")[0],
            "query_string": request.url.query,
            "server": (request.url.host, request.url.port or 80),
            "client": self._client,
            "root_path": "",
        }
        call = _Call(aiter(cast("httpx.AsyncByteStream", request.stream)))
        task = asyncio.create_task(call.run(self._app, scope))
        try:
            start = await call.start
        except BaseException:
            await _end(task)
            raise
        return httpx.Response(start["status"], headers=start["headers"], stream=_AnswerBody(call, task))


class _Call:
    """One call of the application: what it receives and what it sends."""

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self._body = body
        self._sent_all = False
        self._over = asyncio.Event()
        self.start: asyncio.Future[MutableMapping[str, Any]] = asyncio.get_running_loop().create_future()
        self.pieces: asyncio.Queue[bytes | None] = asyncio.Queue(PIECES_AHEAD)

    async def run(self, app: ASGIApp, scope: dict[str, Any]) -> None:
        try:
            await app(scope, self.receive, self.send)
        except Exception as error:
            if self.start.done():
                raise
            self.start.set_exception(error)
        else:
            if not self.start.done():
                self.start.set_exception(httpx.RemoteProtocolError("the application ended without an answer"))

    async def receive(self) -> MutableMapping[str, Any]:
        if self._sent_all:
            await self._over.wait()
            return {"type": "http.disconnect"}
        piece = await anext(self._body, None)
        self._sent_all = piece is None
        return {"type": "http.request", "body": piece or b"", "more_body": not self._sent_all}

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.start.set_result(message)
            return
        if message["type"] != "http.response.body":
            return
        if message.get("body"):
            await self.pieces.put(message["body"])
        if not message.get("more_body", False):
            self._over.set()
            await self.pieces.put(None)


class _AnswerBody(httpx.AsyncByteStream):
    def __init__(self, call: _Call, task: asyncio.Task[None]) -> None:
        self._call = call
        self._task = task

    @override
    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            piece = asyncio.ensure_future(self._call.pieces.get())
            await asyncio.wait({piece, self._task}, return_when=asyncio.FIRST_COMPLETED)
            if not piece.done() and self._call.pieces.empty():
                piece.cancel()
                await self._task  # raises what ended it
                raise httpx.RemoteProtocolError("the answer broke off")
            body = await piece
            if body is None:
                return
            yield body

    @override
    async def aclose(self) -> None:
        await _end(self._task)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, Exception):
        await task
