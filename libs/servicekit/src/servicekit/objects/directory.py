"""Objects as files of one directory: written aside, made durable, then renamed into place."""

import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from servicekit.durable_files import make_directory, publish, publish_new, storage_full_as_error, sync_directory
from servicekit.ids import new_id
from servicekit.objects.port import CHUNK_BYTES, ObjectExists, ObjectInfo, ObjectNotFound, check_key, whole_part
from servicekit.threads import in_thread

__all__ = ["DirectoryObjects"]

_PARTIAL = ".partial"


class DirectoryObjects:
    """The embedded object store. One process writes to a directory at a time; the folder lock sees to that."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._partial = root / _PARTIAL
        make_directory(self._partial)

    def remove_partial(self) -> int:
        """Remove what a process that died has left half-written, and return how many files it was.

        Only for the moment before this process writes.
        """
        left = list(self._partial.iterdir())
        for file in left:
            file.unlink()
        return len(left)

    @asynccontextmanager
    async def create(
        self,
        key: str,
        content_type: str = "application/octet-stream",  # noqa: ARG002 - a directory has no place for it
        *,
        once: bool = False,
    ) -> AsyncIterator["_FileWriter"]:
        """Write an object piece by piece; it is durable and visible when the block ends well, and gone otherwise."""
        final = self.root / check_key(key)
        partial = self._partial / new_id()
        try:
            with storage_full_as_error(f"object {key}"):
                file = partial.open("xb")  # not in a thread: who is cancelled meanwhile would leave it open
            try:
                writer = _FileWriter(key, file)
                yield writer
                await writer.sync()
            finally:
                _close_quietly(file)
            with storage_full_as_error(f"object {key}"):
                await in_thread(_publish_once if once else _publish_object, partial, final, writer)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    async def put(
        self, key: str, content: bytes, content_type: str = "application/octet-stream", *, once: bool = False
    ) -> None:
        """Write an object whole; it is durable on return."""
        async with self.create(key, content_type, once=once) as writer:
            await writer.write(content)

    async def get(self, key: str) -> bytes:
        """Return the bytes of an object, or raise ObjectNotFound."""
        try:
            return await in_thread((self.root / check_key(key)).read_bytes)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise _not_found(key) from None

    async def get_part(self, key: str, start: int, length: int) -> bytes:
        """Return some bytes of an object; or raise ObjectNotFound, or ObjectDamaged where it ends before."""
        try:
            part = await in_thread(_part, self.root / check_key(key), start, length)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise _not_found(key) from None
        return whole_part(key, part, start, length)

    async def stream(self, key: str) -> AsyncIterator[bytes]:
        """Give the bytes of an object piece by piece, or raise ObjectNotFound at the first."""
        try:
            file = await in_thread((self.root / check_key(key)).open, "rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise _not_found(key) from None
        with file:
            while chunk := await in_thread(file.read, CHUNK_BYTES):
                yield chunk

    @asynccontextmanager
    async def local_file(self, key: str) -> AsyncIterator[Path]:
        """Give the object's own file, to be read only, as long as the block runs."""
        await self.stat(key)
        yield self.root / key

    async def exists(self, key: str) -> bool:
        """Whether there is an object under `key`."""
        return await in_thread((self.root / check_key(key)).is_file)

    async def stat(self, key: str) -> ObjectInfo:
        """Return size and time of an object, or raise ObjectNotFound."""
        file = self.root / check_key(key)
        found = await in_thread(_info, self.root, file)
        if found is None:
            raise _not_found(key)
        return found

    async def list(self, prefix: str = "") -> AsyncIterator[ObjectInfo]:
        """Give every object whose key begins with `prefix`, in the order of the keys."""
        for info in await in_thread(_list, self.root, prefix):
            yield info

    async def delete(self, key: str) -> None:
        """Remove an object; it is no error if there is none."""
        await in_thread(_delete, self.root / check_key(key))

    async def remove_unfinished(self, before: datetime) -> int:
        """Remove what writers that are gone have left half-written, begun before a time; return how many there were."""
        return await in_thread(_remove_older, self._partial, before.timestamp())

    async def check(self) -> None:
        """Show that objects can be written now, or raise."""
        probe = self._partial / new_id()
        with storage_full_as_error("objects"):
            try:
                await in_thread(probe.write_bytes, b"\0" * 4096)
            finally:
                probe.unlink(missing_ok=True)


class _FileWriter:
    """The part of the port that `create` gives."""

    def __init__(self, key: str, file: BinaryIO) -> None:
        self.key = key
        self._file = file
        self._hash = hashlib.sha256()
        self._size = 0

    @property
    def size(self) -> int:
        return self._size

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    async def write(self, chunk: bytes) -> None:
        with storage_full_as_error(f"object {self.key}"):
            await in_thread(self._append, chunk)

    async def sync(self) -> None:
        with storage_full_as_error(f"object {self.key}"):
            await in_thread(self._sync)

    def _append(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._hash.update(chunk)
        self._size += len(chunk)

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())


def _close_quietly(file: BinaryIO) -> None:
    try:
        file.close()
    except OSError:  # the disk is full and the buffer cannot be flushed: the error has been raised by the write
        return


def _publish_object(partial: Path, final: Path, _written: "_FileWriter") -> None:
    make_directory(final.parent)
    publish(partial, final, "object")


def _publish_once(partial: Path, final: Path, written: "_FileWriter") -> None:
    make_directory(final.parent)
    if publish_new(partial, final, "object"):
        return
    with final.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != written.sha256:
            raise ObjectExists(f"There is an object {written.key} already")
    partial.unlink()


def _remove_older(folder: Path, before_s: float) -> int:
    left = [file for file in folder.iterdir() if file.stat().st_mtime < before_s]
    for file in left:
        file.unlink(missing_ok=True)
    return len(left)


def _part(file: Path, start: int, length: int) -> bytes:
    with file.open("rb") as content:
        content.seek(start)
        return content.read(length)


def _not_found(key: str) -> ObjectNotFound:
    return ObjectNotFound(f"There is no object {key}")


def _info(root: Path, file: Path) -> ObjectInfo | None:
    try:
        found = file.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not file.is_file():
        return None
    return ObjectInfo(file.relative_to(root).as_posix(), found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _list(root: Path, prefix: str) -> list[ObjectInfo]:
    folder = root / prefix.rpartition("/")[0]
    if ".." in prefix.split("/") or prefix.startswith("/") or not folder.is_dir():
        return []
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != _PARTIAL]
        for name in names:
            file = Path(parent, name)
            if file.relative_to(root).as_posix().startswith(prefix):
                info = _info(root, file)
                if info is not None:
                    found.append(info)
    return sorted(found, key=lambda info: info.key)


def _delete(file: Path) -> None:
    try:
        file.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return
    sync_directory(file.parent)
