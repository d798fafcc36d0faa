"""``fairway doctor``: every part that the settings name, one by one."""

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from fairway.console import OutputFormat, answer_json, show_rows
from fairway.errors import ExitCode

__all__ = ["doctor"]


def doctor(
    data: Annotated[Path | None, typer.Option(help="Data folder of the embedded parts.")] = None,
    output: Annotated[OutputFormat, typer.Option("--format", help="Output.")] = OutputFormat.TEXT,
) -> None:
    """Check every part that the settings name: reachable, lets us in, version, clock, room; say what to do.

    The machine, the database and its revision, the object store, the broker and its topics, the mail server.
    """
    from fairway.examination import examine
    from servicekit.settings import Settings, read_settings

    settings = read_settings(Settings, **({"data": data} if data else {}))
    results = asyncio.run(examine(settings))
    if output is OutputFormat.JSON:
        answer_json([asdict(result) for result in results])
    else:
        show_rows(
            ("part", "", "found", "what to do"),
            ((result.part, "good" if result.good else "wrong", result.found, result.remedy) for result in results),
        )
    raise typer.Exit(ExitCode.GOOD if all(result.good for result in results) else ExitCode.UNAVAILABLE)
