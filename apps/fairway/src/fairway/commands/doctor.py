"""``fairway doctor``: every dependency, one by one."""

import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairway.console import OutputFormat, answer_json, show_rows
from fairway.errors import ExitCode, one_line

if TYPE_CHECKING:
    from servicekit.settings import Settings

__all__ = ["doctor"]

_ROOM_BYTES = 1 << 30
_REMEDIES = {
    "Python": "install Python 3.11 or newer",
    "clock": "set the machine's clock",
    "data folder": "choose a folder that may be written with --data or FAIRWAY_DATA",
    "disk": "choose another folder with --data or FAIRWAY_DATA",
    "database": "check FAIRWAY_DATABASE__URL, and that the database runs and lets this machine in",
    "kernels": "run: make setup",
}
_OLDEST_CLOCK = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class _Examination:
    part: str
    good: bool
    found: str
    remedy: str = ""


def doctor(
    data: Annotated[Path | None, typer.Option(help="Data folder of the embedded parts.")] = None,
    output: Annotated[OutputFormat, typer.Option("--format", help="Output.")] = OutputFormat.TEXT,
) -> None:
    """Check every dependency: reachable, version, clock, room on disk, migration, kernels."""
    from servicekit.settings import Settings, read_settings

    settings = read_settings(Settings, **({"data": data} if data else {}))
    results = asyncio.run(_examine(settings))
    if output is OutputFormat.JSON:
        answer_json([asdict(result) for result in results])
    else:
        show_rows(
            ("part", "", "found", "what to do"),
            ((result.part, "good" if result.good else "wrong", result.found, result.remedy) for result in results),
        )
    raise typer.Exit(ExitCode.GOOD if all(result.good for result in results) else ExitCode.UNAVAILABLE)


async def _examine(settings: "Settings") -> list[_Examination]:
    parts: tuple[tuple[str, Callable[[Settings], Awaitable[_Examination]]], ...] = (
        ("Python", _python),
        ("clock", _clock),
        ("data folder", _folder),
        ("disk", _disk),
        ("database", _database),
        ("kernels", _kernels),
    )
    results = []
    for part, examine in parts:
        try:
            results.append(await examine(settings))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a part is what we are here to say
            results.append(_Examination(part, False, one_line(error), _REMEDIES[part]))
    return results


async def _python(_settings: "Settings") -> _Examination:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return _Examination("Python", sys.version_info >= (3, 11), version, "")


async def _clock(_settings: "Settings") -> _Examination:
    now = datetime.now(UTC)
    good = now > _OLDEST_CLOCK
    return _Examination("clock", good, f"{now:%Y-%m-%dT%H:%M:%SZ}", "" if good else "set the machine's clock")


async def _folder(settings: "Settings") -> _Examination:
    place = _nearest(settings.data)
    with tempfile.NamedTemporaryFile(dir=place) as file:
        file.write(b"fairway")
        file.flush()
    there = "can be written" if place == settings.data else "is not there yet and can be made"
    return _Examination("data folder", True, f"{settings.data} {there}")


def _nearest(folder: Path) -> Path:
    """The folder, or what is there above it: an examination leaves nothing behind."""
    return next(place for place in (folder, *folder.parents) if place.is_dir())


async def _disk(settings: "Settings") -> _Examination:
    free = shutil.disk_usage(_nearest(settings.data)).free
    good = free >= _ROOM_BYTES
    found = f"{free / (1 << 30):.1f} GiB free"
    return _Examination("disk", good, found, "" if good else "make room: 1 GiB at least")


async def _database(settings: "Settings") -> _Examination:
    from fairway.database import database_url
    from records.migrations import MIGRATIONS
    from servicekit.clock import SystemClock
    from servicekit.runtime import DATABASE_FILE
    from servicekit.store import Store

    if settings.database.url is None and not (settings.data / DATABASE_FILE).exists():
        return _Examination("database", True, "none yet: the first start makes it in the data folder")
    store = Store(database_url(settings), SystemClock())
    try:
        begun = time.perf_counter()
        revision = await MIGRATIONS.current(store)
        milliseconds = 1000 * (time.perf_counter() - begun)
        dialect = store.engine.dialect
        version = ".".join(str(part) for part in getattr(dialect, "server_version_info", None) or ())
        kind = f"{dialect.name} {version}".strip()
    finally:
        await store.close()
    good = revision == MIGRATIONS.newest
    found = f"{kind} answers in {milliseconds:.0f} ms, revision {revision or 'none'} of {MIGRATIONS.newest}"
    return _Examination("database", good, found, "" if good else "run: fairway migrate")


async def _kernels(_settings: "Settings") -> _Examination:
    from fairway.kernels import compile_kernels

    seconds = compile_kernels()
    return _Examination("kernels", True, f"ready after {seconds:.1f} s")
