"""One address in front of several services: each request goes to the one whose rule matches its path.

What an Ingress does, for one machine. Bodies pass through as they come, in both directions and of any length. A
connection carries one request; the rules are those of ``fairway routes``.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

__all__ = ["ReverseProxy", "Rule"]

_HEAD_BYTES = 64 * 1024
_CHUNK = 64 * 1024
_HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"})


@dataclass(frozen=True)
class Rule:
    """Requests whose path matches go to the service."""

    match: str
    """``exact``, or ``prefix`` of whole segments."""
    path: str
    service: str

    def applies(self, path: str) -> bool:
        """Whether a request with this path (without its query) is meant."""
        if self.match == "exact":
            return path == self.path
        return self.path in ("/", path) or path.startswith(f"{self.path}/")


class ReverseProxy:
    """A proxy on the loopback address; as a context manager it listens as long as the block runs."""

    def __init__(
        self, port: int, rules: Sequence[Rule], ports: Mapping[str, int], *, private: Sequence[str] = ()
    ) -> None:
        self.port = port
        self._rules = rules
        self._ports = ports
        """By service; it may change while the proxy runs."""
        self._private = private
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """The one address."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=_HEAD_BYTES)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def service_of(self, path: str) -> str | None:
        """Return who answers a path; None where it is nothing for the outside."""
        if path in self._private:
            return None
        return next((rule.service for rule in self._rules if rule.applies(path)), None)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                await self._forward(reader, writer)
        finally:
            writer.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        request_line, *headers = head.removesuffix(b"\r\n\r\n").split(b"\r\n")
        parts = request_line.split(b" ")
        path = parts[1].split(b"?")[0].decode("latin-1") if len(parts) == 3 else ""
        service = self.service_of(path)
        if service is None:
            await _say(writer, b"404 Not Found", b"nothing for the outside\n")
            return
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._ports[service])
        except OSError:
            await _say(writer, b"503 Service Unavailable", f"{service} does not run\n".encode(), b"Retry-After: 1\r\n")
            return
        kept = [line for line in headers if line.split(b":")[0].lower() not in _HOP_BY_HOP]
        host = next((line.split(b":", 1)[1].strip() for line in headers if line.lower().startswith(b"host:")), b"")
        added = [b"Connection: close", b"X-Forwarded-Proto: http", b"X-Forwarded-For: 127.0.0.1"]
        added += [b"X-Forwarded-Host: " + host] if host else []
        inner_writer.write(b"\r\n".join([request_line, *kept, *added, b"", b""]))
        asking = asyncio.create_task(_pass_on(reader, inner_writer))
        answering = asyncio.create_task(_pass_on(inner_reader, writer))
        try:  # the answer ends when the service closes; nobody waits for it once the client has gone
            await asyncio.wait((asking, answering), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for direction in (asking, answering):
                direction.cancel()
            await asyncio.gather(asking, answering, return_exceptions=True)
            inner_writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()


async def _say(writer: asyncio.StreamWriter, status: bytes, text: bytes, headers: bytes = b"") -> None:
    length = str(len(text)).encode()
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: text/plain\r\nConnection: close\r\n" + headers
    writer.write(head + b"Content-Length: " + length + b"\r\n\r\n" + text)
    await writer.drain()
