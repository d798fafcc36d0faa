"""Pinned objects as files of this machine, read by the engine's child and checked before they are used."""

from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # as in `screening.runs.inputs`
    from servicekit.objects import ObjectStore

__all__ = ["PinnedFile", "PinnedObjectChangedError", "pinned_files"]


class PinnedObjectChangedError(Exception):
    """An object is not what was pinned: its store has lost or changed bytes."""


@dataclass(frozen=True)
class PinnedFile:
    """A file, and the SHA-256 (hexadecimal) that it must have."""

    path: Path
    sha256: str

    def read(self) -> bytes:
        """Return the bytes.

        Raises
        ------
        PinnedObjectChangedError
            They are not those that were pinned.
        """
        content = self.path.read_bytes()
        found = sha256(content).hexdigest()
        if found != self.sha256:
            raise PinnedObjectChangedError(f"{self.path.name} has SHA-256 {found}, pinned was {self.sha256}")
        return content


@asynccontextmanager
async def pinned_files(objects: "ObjectStore", keys: Iterable[tuple[str, str]]) -> AsyncIterator[list[PinnedFile]]:
    """Give files for (key, SHA-256) pairs, in their order, as long as the block runs."""
    async with AsyncExitStack() as stack:
        yield [PinnedFile(await stack.enter_async_context(objects.local_file(key)), digest) for key, digest in keys]
