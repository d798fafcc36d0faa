"""``fairway dead-letters``: events that could not be handled, as a client of the admin routes."""

import asyncio
from typing import Annotated, Any

import typer

from fairway.client import Client, TokenOption, UrlOption
from fairway.console import OutputFormat, answer_json, say, show_rows

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Look at events that could not be handled, and send them again.")

_URL = "http://127.0.0.1:8080"
Output = Annotated[OutputFormat, typer.Option("--format", help="Output.")]
EventId = Annotated[str, typer.Argument(help="Identifier of the event.")]
ConsumerName = Annotated[str, typer.Argument(help="Which consumer failed on it.")]


@app.command("list")
def list_dead_letters(url: UrlOption = _URL, token: TokenOption = "", output: Output = OutputFormat.TEXT) -> None:
    """List them."""
    letters = asyncio.run(_list(url, token))
    if output is OutputFormat.JSON:
        answer_json(letters)
        return
    show_rows(
        ("event", "consumer", "topic", "attempts", "error", "since"),
        (
            (
                one["event_id"],
                one["consumer"],
                one["topic"],
                str(one["attempts"]),
                one["error_kind"] or "",
                one["settled_at"] or "",
            )
            for one in letters
        ),
    )


@app.command("show")
def show(event_id: EventId, consumer: ConsumerName, url: UrlOption = _URL, token: TokenOption = "") -> None:
    """Show one with its payload and error."""
    answer_json(asyncio.run(_get(url, token, f"dead-letters/{event_id}/{consumer}")))


@app.command("replay")
def replay(event_id: EventId, consumer: ConsumerName, url: UrlOption = _URL, token: TokenOption = "") -> None:
    """Send one again, with the same event identifier."""
    asyncio.run(_post(url, token, f"dead-letters/{event_id}/{consumer}/replay"))
    say(f"{event_id} goes to {consumer} again")


async def _list(url: str, token: str) -> list[Any]:
    async with Client(url, token) as client:
        return await client.every("dead-letters")


async def _get(url: str, token: str, path: str) -> Any:
    async with Client(url, token) as client:
        return await client.get(path)


async def _post(url: str, token: str, path: str) -> Any:
    async with Client(url, token) as client:
        return await client.post(path)
