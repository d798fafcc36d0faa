"""``fairway catalog``: the catalogue that screening uses, from CelesTrak, a file, or our own generator."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from fairway.client import Client, TokenOption, UrlOption
from fairway.console import OutputFormat, answer_json, note, say
from fairway.errors import ExitCode
from fairway.whole_files import write_whole

__all__ = ["CACHE", "app"]

app = typer.Typer(no_args_is_help=True, help="Load the catalogue that screening uses.")

_URL = "http://127.0.0.1:8080"
_PATIENCE_S = 60
CACHE = Path.home() / ".cache" / "fairway"
Output = Annotated[OutputFormat, typer.Option("--format", help="Output.")]
OutOption = Annotated[Path | None, typer.Option(help="Write it to a file, instead of into a service.")]


@app.command("load")
def load(
    file: Annotated[Path, typer.Argument(help="TLE, 3LE or OMM (CSV, JSON, KVN, XML), also gzipped.")],
    url: UrlOption = _URL,
    token: TokenOption = "",
    output: Output = OutputFormat.TEXT,
) -> None:
    """Load a local file into a running service."""
    _answer(asyncio.run(_load(file, file.name, url, token)), output)


@app.command("demo")
def demo(
    url: UrlOption = _URL, token: TokenOption = "", out: OutOption = None, output: Output = OutputFormat.TEXT
) -> None:
    """Load the synthetic demonstration catalogue, or write it to a file."""
    from fairway.demo import catalogue

    data = catalogue.to_omm_csv(catalogue.build())
    _deliver(data, catalogue.FILE_NAME, url, token, out, output)


@app.command("fetch")
def fetch(
    group: Annotated[str, typer.Option(help="CelesTrak's name of a group.")] = "active",
    cache: Annotated[Path, typer.Option(help="Folder of fetched catalogues.")] = CACHE,
    url: UrlOption = _URL,
    token: TokenOption = "",
    out: OutOption = None,
    output: Output = OutputFormat.TEXT,
) -> None:
    """Load a catalogue from CelesTrak: at most one request in two hours, the rest from the cache."""
    from fairway import celestrak

    fetched = asyncio.run(celestrak.fetch(group, cache))
    note(f"{fetched.path} of {fetched.fetched_at:%Y-%m-%dT%H:%M:%SZ}{' (cached)' if fetched.was_cached else ''}")
    _deliver(fetched.path.read_bytes(), fetched.path.name, url, token, out, output)


def _deliver(data: bytes, name: str, url: str, token: str, out: Path | None, output: OutputFormat) -> None:
    if out is None:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / name
            file.write_bytes(data)
            _answer(asyncio.run(_load(file, name, url, token)), output)
        return
    write_whole(out, [data])
    note(f"{out}: {len(data)} bytes")


async def _load(file: Path, name: str, url: str, token: str) -> Any:
    async with Client(url, token) as client:
        return await client.upload("catalogues", file, name=name, wait_s=_PATIENCE_S)


def _answer(answer: Any, output: OutputFormat) -> None:
    if output is OutputFormat.JSON:
        answer_json(answer)
    else:
        say(f"document {answer['id']}: {_what_became(answer)}")
    if answer["status"] == "rejected":
        raise typer.Exit(ExitCode.NEGATIVE)


def _what_became(answer: Any) -> str:
    if answer["status"] == "accepted":
        return f"it is catalogue {answer['catalogue_id']} now"
    if answer["status"] != "rejected":
        return f"stored, the verdict is to come ({answer['status']})"
    finding = next(finding for finding in answer["verdict"]["findings"] if finding["severity"] == "error")
    place = f"line {finding['line']}: " if finding["line"] else ""
    return f"rejected: {place}{finding['rule']}: {finding['message']}"
