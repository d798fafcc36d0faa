"""Object store and mail with a span around every call, for processes that record spans."""

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from email.message import EmailMessage
from pathlib import Path

from servicekit.mail import MailTransport
from servicekit.mail.port import message_id_of
from servicekit.objects import ObjectStore
from servicekit.objects.port import ObjectInfo, ObjectWriter
from servicekit.tracing import Span, span

__all__ = ["TracedMail", "TracedObjects"]


class TracedObjects:
    """An object store that records what is done with it."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    @asynccontextmanager
    async def create(self, key: str, content_type: str = "application/octet-stream") -> AsyncIterator[ObjectWriter]:
        """Write an object piece by piece. The span ends when the object is durable."""
        with span("objects.create", "client", {"fairway.object.key": key}) as taken:
            async with self._objects.create(key, content_type) as writer:
                yield writer
            taken.put(fairway__object__bytes=writer.size)

    async def put(self, key: str, content: bytes, content_type: str = "application/octet-stream") -> ObjectInfo:
        """Write an object whole."""
        with _on("put", key) as taken:
            taken.put(fairway__object__bytes=len(content))
            return await self._objects.put(key, content, content_type)

    async def get(self, key: str) -> bytes:
        """Return the bytes of an object."""
        with _on("get", key):
            return await self._objects.get(key)

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """Give the bytes of an object piece by piece; without a span, for nobody knows when the reader is done."""
        async for chunk in self._objects.stream(key):
            yield chunk

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        """Give a file that holds the object. The span ends when it is there."""
        async with AsyncExitStack() as held:
            with _on("local_file", key):
                file = await held.enter_async_context(self._objects.local_file(key))
            yield file

    async def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""
        with _on("exists", key):
            return await self._objects.exists(key)

    async def stat(self, key: str) -> ObjectInfo:
        """Return size and time of an object."""
        with _on("stat", key):
            return await self._objects.stat(key)

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """Give every object whose key begins with `prefix`; without a span, as in `stream`."""
        async for info in self._objects.list(prefix):
            yield info

    async def delete(self, key: str) -> None:
        """Remove an object."""
        with _on("delete", key):
            await self._objects.delete(key)

    async def check(self) -> None:
        """Show that objects can be written now, or raise."""
        await self._objects.check()


class TracedMail:
    """A mail transport that records what is sent: which message, never to whom or what."""

    def __init__(self, mail: MailTransport) -> None:
        self._mail = mail

    async def send(self, message: EmailMessage) -> None:
        """Hand `message` over."""
        with span("mail.send", "client", {"fairway.mail.message_id": message_id_of(message)}):
            await self._mail.send(message)


def _on(operation: str, key: str) -> AbstractContextManager[Span]:
    return span(f"objects.{operation}", "client", {"fairway.object.key": key})
