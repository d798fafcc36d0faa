"""What the services ask of an object store."""

import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from servicekit.errors import Conflict, FairwayError, NotFound

__all__ = [
    "CHUNK_BYTES",
    "InvalidKey",
    "ObjectDamaged",
    "ObjectExists",
    "ObjectInfo",
    "ObjectNotFound",
    "ObjectStore",
    "ObjectWriter",
    "check_key",
    "whole_part",
]

CHUNK_BYTES = 1024 * 1024
_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_KEY = re.compile(rf"{_SEGMENT}(/{_SEGMENT})*")
_LONGEST_KEY = 512
_LONGEST_SEGMENT = 200


class ObjectNotFound(NotFound):
    """No object has this key."""

    code = "object-not-found"
    title = "No such object"
    remedy = "Its bytes have been deleted, or were never stored."


class ObjectDamaged(FairwayError):
    """An object is there, but it does not hold what was stored under its key: it is shorter, or its bytes differ."""

    code = "object-damaged"
    title = "Stored object damaged"
    remedy = "Tell the operator of the service: the object is to be restored from a backup."


class ObjectExists(Conflict):
    """A key that is written once has an object with other bytes already."""

    code = "object-exists"
    title = "The object is there already"
    remedy = "Somebody else has written it first: what stands there counts."


class InvalidKey(FairwayError):
    """A key that could leave its folder, or that not every store can hold. Keys are made by us: this is a fault."""

    code = "invalid-object-key"
    title = "Invalid object key"
    remedy = "Report it: keys are made from identifiers and never from what a caller sent."


@dataclass(frozen=True)
class ObjectInfo:
    """An object without its bytes."""

    key: str
    size: int
    modified_at: datetime
    """When it was stored, by the store's own clock, in UTC."""


class ObjectWriter(Protocol):
    """An object that is being written. Nobody sees it before its block has ended well."""

    key: str

    @property
    def size(self) -> int:
        """Bytes written up to now."""

    @property
    def sha256(self) -> str:
        """SHA-256, in hexadecimal, of the bytes written up to now."""

    async def write(self, chunk: bytes) -> None:
        """Append `chunk`."""


class ObjectStore(Protocol):
    """Bytes under keys like ``documents/018f…``. A write replaces what stood under its key, whole or not at all."""

    def create(
        self, key: str, content_type: str = "application/octet-stream", *, once: bool = False
    ) -> AbstractAsyncContextManager[ObjectWriter]:
        """Write an object piece by piece; it is durable and visible when the block ends well, and gone otherwise.

        With `once` nothing is ever replaced: of two writers of one key the first wins. The second is told that all is
        well where it has brought the same bytes.

        Raises
        ------
        StorageFull
            There is no room. Nothing remains of the object.
        ObjectExists
            The key was to be written once and has other bytes already; they stay.
        Unavailable
            The store does not answer, or cannot now. Whether the object is there is not known.
        """

    async def put(
        self, key: str, content: bytes, content_type: str = "application/octet-stream", *, once: bool = False
    ) -> None:
        """Write an object whole; it is durable on return. Otherwise as `create`."""

    async def get(self, key: str) -> bytes:
        """Return the bytes of an object, or raise ObjectNotFound."""

    async def get_part(self, key: str, start: int, length: int) -> bytes:
        """Return the `length` bytes (at least one) of an object from byte `start` on, never fewer.

        Raises
        ------
        ObjectNotFound
            No object has this key.
        ObjectDamaged
            It ends before, or something else was given than what was asked for.
        """

    def stream(self, key: str) -> AsyncIterator[bytes]:
        """Give the bytes of an object piece by piece, or raise ObjectNotFound at the first."""

    def local_file(self, key: str) -> AbstractAsyncContextManager[Path]:
        """Give a file on this machine that holds the object, to be read only, as long as the block runs."""

    async def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""

    async def stat(self, key: str) -> ObjectInfo:
        """Return size and time of an object, or raise ObjectNotFound."""

    def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """Give every object whose key begins with `prefix`, in the order of the keys."""

    async def delete(self, key: str) -> None:
        """Remove an object; it is no error if there is none."""

    async def remove_unfinished(self, before: datetime) -> int:
        """Remove what writers that are gone have left half-written, begun before a time; return how many there were."""

    async def check(self) -> None:
        """Show that objects can be written now, or raise."""


def whole_part(key: str, part: bytes, start: int, length: int) -> bytes:
    """Return `part` of an object if it has the `length` that was asked for.

    Raises
    ------
    ObjectDamaged
        It has another.
    """
    if len(part) != length:
        raise ObjectDamaged(f"The object {key} gave {len(part)} bytes from byte {start} on, not {length}")
    return part


def check_key(key: str) -> str:
    """Return `key` if it is one: segments of letters, digits, ``._-``, none beginning with ``.`` or ``-``.

    Raises
    ------
    InvalidKey
        It is none, so that no key can ever name a place outside the store.
    """
    too_long = len(key) > _LONGEST_KEY or any(len(part) > _LONGEST_SEGMENT for part in key.split("/"))
    if too_long or _KEY.fullmatch(key) is None:
        raise InvalidKey(f"{key[:80]!r} is not an object key")
    return key
