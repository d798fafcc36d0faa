"""Listening: the application under uvicorn, until it is told to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI
    from servicekit.settings import Settings

__all__ = ["listen", "server"]


def server(application: "FastAPI", settings: "Settings") -> "uvicorn.Server":
    """Return a server for the application; `started` on it says when it listens."""
    import uvicorn

    return uvicorn.Server(
        uvicorn.Config(
            application,
            host=settings.http.host,
            port=settings.http.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=int(settings.http.shutdown_s),
        )
    )


def listen(
    application: "FastAPI", settings: "Settings", *, when_ready: Callable[[], Awaitable[None]] | None = None
) -> None:
    """Serve until SIGTERM or Ctrl-C; `when_ready` runs once the server listens.

    Raises
    ------
    SystemExit
        The address is taken, or the start failed; the log says why.
    """
    listening = server(application, settings)

    async def run() -> None:
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(listening.serve())
            while not listening.started and not serving.done():
                await asyncio.sleep(0.05)
            if listening.started and when_ready is not None:
                group.create_task(when_ready())

    asyncio.run(run())
    if not listening.started:
        raise SystemExit(3)
