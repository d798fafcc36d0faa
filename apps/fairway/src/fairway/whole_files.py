"""Files that other programs see whole or not at all: written beside their place, synced, renamed."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fairway.errors import CommandError

__all__ = ["check_place", "whole_file", "write_whole"]


def check_place(file: Path) -> None:
    """Say at once that a file could not be written later.

    Raises
    ------
    CommandError
        Its folder is not there or may not be written, or a folder has its name.
    """
    folder = file.parent
    if not folder.is_dir():
        raise CommandError(f"{folder} is not a folder: make it, or choose another place for {file.name}")
    if file.is_dir():
        raise CommandError(f"{file} is a folder: give the name of a file")
    if not os.access(folder, os.W_OK):
        raise CommandError(f"{folder} cannot be written: choose another place for {file.name}")


def write_whole(file: Path, pieces: Iterable[bytes]) -> None:
    """Write a file; whatever goes wrong meanwhile, an older one of that name stays as it is.

    Raises
    ------
    CommandError
        It cannot be written.
    """
    with whole_file(file) as target:
        target.writelines(pieces)


@contextmanager
def whole_file(file: Path) -> Iterator[IO[bytes]]:
    """Give a file to write into; it has its name only where the block ends well.

    Raises
    ------
    CommandError
        It cannot be written.
    """
    check_place(file)
    descriptor, written = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    partial = Path(written)
    try:
        with os.fdopen(descriptor, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        partial.chmod(0o666 & ~_umask())
        partial.replace(file)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}. Make room or choose another place") from error
    finally:
        partial.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
