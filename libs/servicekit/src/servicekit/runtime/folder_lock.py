"""One process at a time in a data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servicekit.durable_files import make_directory
from servicekit.errors import FairwayError

__all__ = ["FolderInUse", "lock_folder"]


class FolderInUse(FairwayError):
    """Another process works in the data folder."""

    code = "folder-in-use"
    status = 409
    title = "Data folder in use"
    remedy = "Stop that process, or choose another folder with --data."


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Hold the folder for this process. The system gives it free when the process ends, however it ends.

    Raises
    ------
    FolderInUse
        Another process holds it; the message names it.
    """
    make_directory(folder)
    file = folder / "lock"
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            raise FolderInUse(f"The folder {folder} is in use by process {holder}") from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
