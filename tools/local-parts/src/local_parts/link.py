"""A TCP link that can be made bad: slow, cut, half-open (connections stand, and nothing comes through), unavailable."""

import asyncio
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Self

__all__ = ["Condition", "Link"]

_CHUNK = 16 * 1024
_SLOW_S = 0.25
"""How long each chunk waits on a slow link."""
_LOOK_S = 0.05
"""How often a half-open link looks whether it is whole again."""
_REFUSAL = b"<Error><Code>ServiceUnavailable</Code><Message>Please reduce your request rate.</Message></Error>"
_UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/xml\r\nConnection: close\r\n"
    b"Content-Length: " + str(len(_REFUSAL)).encode() + b"\r\n\r\n" + _REFUSAL
)
_START_S = 60.0
_REST_S = 5.0
"""How long the rest of a refused request is read, so that its sender comes to see the answer; and how long connections
may take to end when the link does."""


class Condition(StrEnum):
    """How a link is."""

    WHOLE = "whole"
    SLOW = "slow"
    CUT = "cut"
    HALF_OPEN = "half-open"
    UNAVAILABLE = "unavailable"
    """For HTTP: what stands behind it has too much to do, and says so."""


class Link:
    """Listens on the loopback address and passes everything on to another port, as its condition lets it.

    It has its port from the beginning. As a context manager it takes connections as long as the block runs, on a thread
    of its own.

    Raises
    ------
    OSError
        The port is taken.
    """

    def __init__(self, target_port: Callable[[], int] | int, *, port: int = 0) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self._target = target_port if callable(target_port) else lambda: target_port
        self._condition = Condition.WHOLE
        self._writers: set[asyncio.StreamWriter] = set()
        self._connections: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told: asyncio.Event
        self._listens = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._listen()), name="link", daemon=True)

    @property
    def condition(self) -> Condition:
        """How the link is now."""
        return self._condition

    def become(self, condition: Condition) -> None:
        """Change the condition. A cut breaks off every connection and takes no new one."""
        self._condition = condition
        if condition is Condition.CUT and self._loop is not None:
            self._loop.call_soon_threadsafe(self._break_off)

    def __enter__(self) -> Self:
        self._thread.start()
        if not self._listens.wait(_START_S):
            raise RuntimeError(f"the link on port {self.port} does not begin to listen")
        return self

    def __exit__(self, *_: object) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._told.set)
            self._thread.join()

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._told = asyncio.Event()
        server = await asyncio.start_server(self._accept, sock=self._socket)
        self._listens.set()
        await self._told.wait()
        server.close()
        self._condition = Condition.CUT
        self._break_off()
        if self._connections:
            await asyncio.wait(self._connections, timeout=_REST_S)

    def _break_off(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._condition is Condition.CUT:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        self._writers.add(writer)
        inner: asyncio.StreamWriter | None = None
        try:
            with suppress(OSError):
                if self._condition is Condition.UNAVAILABLE:
                    await reader.read(_CHUNK)
                    await _refuse(reader, writer)
                    return
                inner_reader, inner = await asyncio.open_connection("127.0.0.1", self._target())
                self._writers.add(inner)
                await asyncio.gather(self._pass_on(reader, inner, writer), self._pass_on(inner_reader, writer))
        finally:
            for each in (writer, inner):
                if each is not None:
                    self._writers.discard(each)
                    each.transport.abort()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: asyncio.StreamWriter | None = None
    ) -> None:
        """Pass on what comes; `back` leads to the client where it is a client that sends."""
        while chunk := await reader.read(_CHUNK):
            if self._condition is Condition.UNAVAILABLE and back is not None:
                await _refuse(reader, back)
                break
            while self._condition is Condition.HALF_OPEN:  # noqa: ASYNC110 - another thread changes it
                await asyncio.sleep(_LOOK_S)
            if self._condition is Condition.SLOW:
                await asyncio.sleep(_SLOW_S)
            writer.write(chunk)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


async def _refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a request of which something has come, and let the client close the connection."""
    writer.write(_UNAVAILABLE)
    await writer.drain()
    with suppress(TimeoutError):
        async with asyncio.timeout(_REST_S):
            while await reader.read(_CHUNK):
                pass
