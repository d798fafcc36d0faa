"""``fairway up``: every service in one process."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from fairway.console import notes

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
    from servicekit.settings import Settings, read_settings

    from fairway.composition import application
    from fairway.server import listen
    from fairway.times import utc

    moment: datetime | None = None if as_of is None else utc(as_of, "--as-of")
    settings = read_settings(Settings, data=data, **({"as_of": moment} if moment else {}))
    settings = settings.model_copy(update={"http": settings.http.model_copy(update={"host": host, "port": port})})
    app = application(settings)

    async def say_where() -> None:
        from ingest_api.administration.bootstrap import create_sign_in_link, ensure_administrator

        context = app.state.context
        secret = await ensure_administrator(context)
        if secret is not None:
            notes.print(f"administrator's token (shown once): {secret}", highlight=False, soft_wrap=True)
        link = await create_sign_in_link(context)
        notes.print(f"pages      {settings.http.base_url}/", highlight=False, soft_wrap=True)
        notes.print(f"sign in    {link} (once, within 15 minutes)", highlight=False, soft_wrap=True)
        notes.print(f"API        {settings.http.base_url}/v1 (described at /docs)", highlight=False, soft_wrap=True)
        if context.replay:
            notes.print(f"REPLAY: it is {context.clock.now():%Y-%m-%dT%H:%M:%SZ} here, and nothing leaves this machine")

    listen(app, settings, when_ready=say_where)
