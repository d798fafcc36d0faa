"""Object store and mail as the services get them: each call is timed, and a span where the trace is recorded."""

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from servicekit.mail import MailTransport
from servicekit.mail.port import message_id_of
from servicekit.objects import ObjectStore
from servicekit.objects.port import ObjectInfo, ObjectNotFound, ObjectWriter
from servicekit.observability.metrics import Metrics
from servicekit.observability.platform_metrics import MAIL_SEND_S, OBJECT_OPERATION_S
from servicekit.tracing import Span, span

__all__ = ["ObservedMail", "ObservedObjects"]


class ObservedObjects:
    """An object store that shows what is done with it."""

    def __init__(self, objects: ObjectStore, metrics: Metrics) -> None:
        self._objects = objects
        self._metrics = metrics

    @asynccontextmanager
    async def create(
        self, key: str, content_type: str = "application/octet-stream", *, once: bool = False
    ) -> AsyncIterator[ObjectWriter]:
        """Write an object piece by piece. It is timed to the moment when it is durable, with what it waits for."""
        with self._seen("create", key) as taken:
            async with self._objects.create(key, content_type, once=once) as writer:
                yield writer
            taken.put(fairway__object__bytes=writer.size)

    async def put(
        self, key: str, content: bytes, content_type: str = "application/octet-stream", *, once: bool = False
    ) -> None:
        """Write an object whole."""
        with self._seen("put", key) as taken:
            taken.put(fairway__object__bytes=len(content))
            await self._objects.put(key, content, content_type, once=once)

    async def get(self, key: str) -> bytes:
        """Return the bytes of an object."""
        with self._seen("get", key):
            return await self._objects.get(key)

    async def get_part(self, key: str, start: int, length: int) -> bytes:
        """Return the bytes of an object from one byte on, as many as asked for."""
        with self._seen("get_part", key):
            return await self._objects.get_part(key, start, length)

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """Give the bytes of an object piece by piece; not timed, for the reader decides how long it takes."""
        async for chunk in self._objects.stream(key):
            yield chunk

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        """Give a file that holds the object. It is timed to the moment when it is there."""
        async with AsyncExitStack() as held:
            with self._seen("local_file", key):
                file = await held.enter_async_context(self._objects.local_file(key))
            yield file

    async def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""
        with self._seen("exists", key):
            return await self._objects.exists(key)

    async def stat(self, key: str) -> ObjectInfo:
        """Return size and time of an object."""
        with self._seen("stat", key):
            return await self._objects.stat(key)

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """Give every object whose key begins with `prefix`; not timed, as in `stream`."""
        async for info in self._objects.list(prefix):
            yield info

    async def delete(self, key: str) -> None:
        """Remove an object."""
        with self._seen("delete", key):
            await self._objects.delete(key)

    async def remove_unfinished(self, before: datetime) -> int:
        """Remove what writers that are gone have left half-written."""
        return await self._objects.remove_unfinished(before)

    async def check(self) -> None:
        """Show that objects can be written now, or raise."""
        await self._objects.check()

    @contextmanager
    def _seen(self, operation: str, key: str) -> Iterator[Span]:
        begun = time.perf_counter()
        outcome = "failed"
        try:
            with span(f"objects.{operation}", "client", {"fairway.object.key": key}) as taken:
                yield taken
            outcome = "ok"
        except ObjectNotFound:
            outcome = "not-found"
            raise
        finally:
            duration_s = time.perf_counter() - begun
            self._metrics.of(OBJECT_OPERATION_S).labels(operation, outcome).observe(duration_s)


class ObservedMail:
    """A mail transport that shows what is sent: which message, never to whom or what."""

    def __init__(self, mail: MailTransport, metrics: Metrics) -> None:
        self._mail = mail
        self._metrics = metrics

    async def send(self, message: EmailMessage) -> None:
        """Hand `message` over."""
        begun = time.perf_counter()
        outcome = "failed"
        try:
            with span("mail.send", "client", {"fairway.mail.message_id": message_id_of(message)}):
                await self._mail.send(message)
            outcome = "ok"
        finally:
            self._metrics.of(MAIL_SEND_S).labels(outcome).observe(time.perf_counter() - begun)
