"""``fairway up``: every service in one process."""

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairway.console import notes

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["up"]


def up(
    data: Annotated[Path, typer.Option(help="Data folder: database, objects, mails.")] = Path("data"),
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8080,
    as_of: Annotated[
        str | None, typer.Option(metavar="TIME", help="Replay from this UTC time on, for example 2024-09-17T12:00Z.")
    ] = None,
) -> None:
    """Start every service in one process on embedded defaults, and keep running."""
    from fairway.composition import application
    from fairway.embedded import embedded_settings
    from fairway.times import utc
    from servicekit.runtime.server import run_serving, serve

    app = application(embedded_settings(data, host, port, None if as_of is None else utc(as_of, "--as-of")))

    async def run() -> None:
        listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        serving = asyncio.create_task(serve(app, ready=listening.set_result))
        telling = asyncio.create_task(_say_where(app, listening))
        await asyncio.wait((serving, telling), return_when=asyncio.FIRST_COMPLETED)
        if serving.done():  # it could not start, or was told to stop before it had
            telling.cancel()
        elif telling.exception() is not None:
            signal.raise_signal(signal.SIGTERM)
        await serving
        if telling.done():
            telling.result()

    run_serving(run())


async def _say_where(app: "FastAPI", listening: asyncio.Future[str]) -> None:
    from ingest_api.administration.bootstrap import create_sign_in_link, ensure_administrator

    address = await listening
    context = app.state.context
    if context.replay:
        _say(f"REPLAY: it is {context.clock.now():%Y-%m-%dT%H:%M:%SZ} here, and nothing leaves this machine")
    secret = await ensure_administrator(context)
    if secret is not None:
        _say(f"administrator's token (shown once): {secret}")
    _say(f"pages      {address}/")
    _say(f"sign in    {await create_sign_in_link(context)} (once, within 15 minutes)")
    _say(f"API        {address}/v1")


def _say(line: str) -> None:
    notes.print(line, highlight=False, markup=False, soft_wrap=True)
