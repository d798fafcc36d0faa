"""The machine itself: Python, clock, data folder, disk, kernels."""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fairway.examination.report import Examination, bad, good

if TYPE_CHECKING:
    from servicekit.settings import Settings

__all__ = ["clock", "disk", "folder", "kernels", "python"]

_ROOM_BYTES = 1 << 30
_OLDEST_CLOCK = datetime(2026, 11, 1, tzinfo=UTC)
_ANOTHER_FOLDER = "choose another folder with --data or FAIRWAY_DATA"


async def python(_settings: "Settings") -> list[Examination]:
    """The version of Python."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return [good("Python", version)]


async def clock(_settings: "Settings") -> list[Examination]:
    """Whether the clock can be right at all; that it agrees with others is said beside the database and the objects."""
    now = datetime.now(UTC)
    found = f"{now:%Y-%m-%dT%H:%M:%SZ}"
    return [good("clock", found) if now > _OLDEST_CLOCK else bad("clock", found, "set the machine's clock")]


async def folder(settings: "Settings") -> list[Examination]:
    """Whether the data folder can be written."""
    place = _nearest(settings.data)
    try:
        with tempfile.NamedTemporaryFile(dir=place) as file:
            file.write(b"fairway")
            file.flush()
    except OSError as error:
        return [bad("data folder", f"{place} cannot be written ({error.strerror})", _ANOTHER_FOLDER)]
    there = "can be written" if place == settings.data else "is not there yet and can be made"
    return [good("data folder", f"{settings.data} {there}")]


async def disk(settings: "Settings") -> list[Examination]:
    """How much room there is for the data folder."""
    free = shutil.disk_usage(_nearest(settings.data)).free
    found = f"{free / (1 << 30):.1f} GiB free"
    if free < _ROOM_BYTES:
        return [bad("disk", found, f"make room, 1 GiB at least, or {_ANOTHER_FOLDER}")]
    return [good("disk", found)]


def _nearest(wanted: Path) -> Path:
    """The folder, or what is there above it: an examination leaves nothing behind."""
    return next(place for place in (wanted, *wanted.parents) if place.is_dir())


async def kernels(_settings: "Settings") -> list[Examination]:
    """Whether the screening kernels compile, or are compiled."""
    from fairway.kernels import compile_kernels

    try:
        seconds = compile_kernels()
    except Exception as error:  # noqa: BLE001 - a compiler fails in many ways
        return [bad("kernels", f"they do not compile ({type(error).__name__})", "run: make setup")]
    return [good("kernels", f"ready after {seconds:.1f} s")]
