"""Files that are whole or absent after a power failure: written aside, synced, renamed, their directory synced."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servicekit import durability
from servicekit.errors import StorageFull

__all__ = ["make_directory", "publish", "publish_new", "storage_full_as_error", "sync_directory"]

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def storage_full_as_error(where: str) -> Iterator[None]:
    """Turn the system's "no space left" (and a quota or file size limit) into StorageFull, naming `where`."""
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StorageFull(f"There is no room left to write {where}") from error
        raise


def sync_directory(directory: Path) -> None:
    """Make the names in `directory` durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_directory(directory: Path) -> None:
    """Make `directory` and what is missing above it, durably."""
    missing = []
    while not directory.is_dir():
        missing.append(directory)
        directory = directory.parent
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        sync_directory(each.parent)


def publish(written: Path, final: Path, step: str) -> None:
    """Rename a written and synced file to its place, durably; `step` names the moment for `durability`."""
    durability.step(f"{step}:before")
    written.replace(final)
    sync_directory(final.parent)
    durability.step(f"{step}:after")


def publish_new(written: Path, final: Path, step: str) -> bool:
    """Give a written and synced file its place, durably, unless something is there; tell whether it has got it."""
    durability.step(f"{step}:before")
    try:
        final.hardlink_to(written)
    except FileExistsError:
        return False
    sync_directory(final.parent)
    written.unlink()
    durability.step(f"{step}:after")
    return True
