"""``fairway upload``: files into a running service, followed until the verdict and the screening."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from fairway.client import Client, TokenOption, UrlOption
from fairway.console import OutputFormat, answer_json, note, say, show_rows
from fairway.errors import CommandError, ExitCode
from fairway.following import Followed, follow, is_waiting

__all__ = ["upload"]


def upload(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Orbit files.")],
    url: UrlOption = "http://127.0.0.1:8080",
    token: TokenOption = "",
    norad_cat_id: Annotated[int | None, typer.Option(help="Catalogue number, where the file does not say it.")] = None,
    profile: Annotated[str | None, typer.Option(help="Profile of the check.")] = None,
    designation: Annotated[str | None, typer.Option(help="operational or special, where the name is silent.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the verdict and the screening.")] = False,
    output: Annotated[OutputFormat, typer.Option("--format", help="Output.")] = OutputFormat.TEXT,
) -> None:
    """Upload files; with --wait follow the change feed until each has its verdict and its screenings."""
    fields = {"norad_cat_id": norad_cat_id, "profile": profile, "designation": designation}
    results = asyncio.run(_upload(files, url, token, fields, wait))
    if output is OutputFormat.JSON:
        for result in results:
            answer_json(result.as_json())
    else:
        _print(results)
    if any(result.status == "rejected" for result in results):
        raise typer.Exit(ExitCode.NEGATIVE)
    failed = [run for result in results for run in result.runs if run["state"] == "failed"]
    if failed:
        raise CommandError(f"screening {failed[0]['id']} failed: {failed[0]['reason']}", ExitCode.UNAVAILABLE)


async def _upload(files: list[Path], url: str, token: str, fields: dict[str, Any], wait: bool) -> list[Followed]:
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise CommandError(f"{missing[0]} is not a file: check the name")
    async with Client(url, token) as client:
        begin = (await client.get("changes", after="latest"))["next_token"]
        followed = []
        for file in files:
            answer = await client.upload("documents", file, **fields)
            note(f"{file.name}: {'is there already' if answer['duplicate'] else 'stored'} as {answer['id']}")
            followed.append(Followed(file.name, answer["id"], answer["status"]))
        if wait:
            await follow(client, followed, begin)
        return followed


def _print(results: list[Followed]) -> None:
    show_rows(
        ("document", "file", "status", "findings", "screenings", "approaches", "CDMs"),
        (
            (
                result.document_id,
                result.file_name,
                result.status,
                ", ".join(f"{finding['rule']}{_line(finding)}" for finding in result.errors[:3]),
                ", ".join(_state(run) for run in result.runs),
                str(sum(run["approach_count"] or 0 for run in result.runs)),
                str(sum(run["cdm_count"] or 0 for run in result.runs)),
            )
            for result in results
        ),
    )
    for result in results:
        for finding in result.errors:
            column = f":{finding['column']}" if finding["line"] and finding["column"] else ""
            place = f"{result.file_name}:{finding['line']}{column}" if finding["line"] else result.file_name
            hint = f" ({finding['hint']})" if finding["hint"] else ""
            say(f"{place}: {finding['rule']}: {finding['message']}{hint}")
        for run in result.runs:
            if run["reason"]:
                say(f"{result.file_name}: screening {run['id']}: {run['reason']}")


def _line(finding: dict[str, Any]) -> str:
    return f" line {finding['line']}" if finding["line"] else ""


def _state(run: dict[str, Any]) -> str:
    return "waiting" if is_waiting(run) else str(run["state"])
