"""``fairway migrate``: the database at the newest revision."""

import asyncio
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from fairway.console import OutputFormat, answer_json, say

__all__ = ["migrate"]


def migrate(
    data: Annotated[Path | None, typer.Option(help="Data folder of the embedded database.")] = None,
    output: Annotated[OutputFormat, typer.Option("--format", help="Output.")] = OutputFormat.TEXT,
) -> None:
    """Bring the database that the environment names (or the one in --data) to the newest revision."""
    from fairway.database import database_in_use, database_url
    from records.migrations import MIGRATIONS
    from servicekit.clock import SystemClock
    from servicekit.runtime import lock_folder
    from servicekit.settings import Settings, read_settings
    from servicekit.store import Store

    settings = read_settings(Settings, **({"data": data} if data else {}))

    async def run() -> tuple[str | None, str]:
        store = Store(database_url(settings), SystemClock())
        try:
            with database_in_use():
                before = await MIGRATIONS.current(store)
                await MIGRATIONS.upgrade(store)
            return before, MIGRATIONS.newest
        finally:
            await store.close()

    with lock_folder(settings.data) if settings.database.url is None else nullcontext():
        before, now = asyncio.run(run())
    if output is OutputFormat.JSON:
        answer_json({"before": before, "now": now})
    else:
        say(f"the database is at revision {now} (it was {'empty' if before is None else f'at {before}'})")
