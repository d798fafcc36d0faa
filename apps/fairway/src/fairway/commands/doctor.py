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
from rich.table import Table

from fairway.console import OutputFormat, answer_json, answers
from fairway.errors import ExitCode

if TYPE_CHECKING:
    from servicekit.settings import Settings

__all__ = ["doctor"]

_ROOM_BYTES = 1 << 30
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
        table = Table("part", "", "found", "what to do")
        for result in results:
            mark = "[green]good[/]" if result.good else "[bold red]wrong[/]"
            table.add_row(result.part, mark, result.found, result.remedy)
        answers.print(table)
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
            results.append(_Examination(part, False, str(error) or type(error).__name__, "see the message"))
    return results


async def _python(_settings: "Settings") -> _Examination:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return _Examination("Python", sys.version_info >= (3, 11), version, "")


async def _clock(_settings: "Settings") -> _Examination:
    now = datetime.now(UTC)
    good = now > _OLDEST_CLOCK
    return _Examination("clock", good, f"{now:%Y-%m-%dT%H:%M:%SZ}", "" if good else "set the machine's clock")


async def _folder(settings: "Settings") -> _Examination:
    settings.data.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=settings.data) as file:
        file.write(b"fairway")
        file.flush()
    return _Examination("data folder", True, f"{settings.data} can be written")


async def _disk(settings: "Settings") -> _Examination:
    free = shutil.disk_usage(settings.data).free
    good = free >= _ROOM_BYTES
    found = f"{free / (1 << 30):.1f} GiB free"
    return _Examination("disk", good, found, "" if good else "make room: 1 GiB at least")


async def _database(settings: "Settings") -> _Examination:
    from fairway.database import database_url
    from records.migrations import MIGRATIONS
    from servicekit.clock import SystemClock
    from servicekit.store import Store

    store = Store(database_url(settings), SystemClock())
    try:
        begun = time.perf_counter()
        revision = await MIGRATIONS.current(store)
        milliseconds = 1000 * (time.perf_counter() - begun)
        kind = store.engine.dialect.name
    finally:
        await store.close()
    good = revision == MIGRATIONS.newest
    found = f"{kind} answers in {milliseconds:.0f} ms, revision {revision or 'none'} of {MIGRATIONS.newest}"
    return _Examination("database", good, found, "" if good else "run: fairway migrate")


async def _kernels(_settings: "Settings") -> _Examination:
    from fairway.kernels import compile_kernels

    seconds = compile_kernels()
    return _Examination("kernels", True, f"ready after {seconds:.1f} s")
