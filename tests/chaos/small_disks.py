"""A disk that is small enough to be filled: a file system in memory, mounted where a part keeps what it has."""

import subprocess
from pathlib import Path

__all__ = ["SmallDisk"]

_BLOCK = bytes(64 * 1024)
_BALLAST = "ballast"


class SmallDisk:
    """A tmpfs of a given size; who mounts it has to be root."""

    def __init__(self, folder: Path, size_mb: int) -> None:
        self.folder = folder
        self._size_mb = size_mb

    def mount(self, owner: int | None = None) -> None:
        """Mount it, empty; what is in the folder is hidden as long as it is mounted."""
        self.folder.mkdir(parents=True, exist_ok=True)
        access = "mode=0755" if owner is None else f"mode=0700,uid={owner}"
        options = f"size={self._size_mb}m,{access}"
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.folder)], check=True)

    def unmount(self) -> None:
        """Give it back with all that is on it."""
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)

    def fill(self) -> None:
        """Leave no room."""
        with (self.folder / _BALLAST).open("wb", buffering=0) as ballast:
            for block in (_BLOCK, _BLOCK[:512]):
                try:
                    while ballast.write(block):
                        pass
                except OSError:  # no space left on device
                    continue

    def free(self) -> None:
        """Give the room back."""
        (self.folder / _BALLAST).unlink()
