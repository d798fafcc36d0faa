"""The simulator on a real port, where connections can be dropped."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from typing_extensions import override
from uvicorn.protocols.http.h11_impl import H11Protocol

from spacetrack_simulator.application import ABORT

__all__ = ["configuration", "serving"]

_START_S = 30.0


class _DroppableConnection(H11Protocol):
    """A connection that tells the application how to drop it."""

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        inner: ASGIApp = self.app

        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            scope.setdefault("extensions", {})[ABORT] = transport.abort
            await inner(scope, receive, send)

        self.app = app


def configuration(
    app: FastAPI, *, host: str = "127.0.0.1", port: int = 0, log_level: str = "warning"
) -> uvicorn.Config:
    """Give the settings of the server."""
    return uvicorn.Config(
        app, host=host, port=port, http=_DroppableConnection, ws="none", lifespan="off", log_level=log_level
    )


@contextmanager
def serving(app: FastAPI, *, port: int = 0) -> Iterator[str]:
    """Serve the application in a thread of this process; gives its address, which ends with a slash."""
    server = uvicorn.Server(configuration(app, port=port, log_level="critical"))
    failure: list[BaseException] = []

    def run() -> None:
        try:
            server.run()
        except BaseException as error:  # noqa: BLE001 - told to the one who waits
            failure.append(error)

    thread = threading.Thread(target=run, name="spacetrack-simulator", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{_port_of(server, thread, failure)}/"
    finally:
        server.should_exit = True
        thread.join(_START_S)


def _port_of(server: Any, thread: threading.Thread, failure: list[BaseException]) -> int:
    """Wait until the server listens."""
    waited = threading.Event()
    for _ in range(int(_START_S / 0.01)):
        if server.started:
            return int(server.servers[0].sockets[0].getsockname()[1])
        if not thread.is_alive():
            break
        waited.wait(0.01)
    raise RuntimeError(f"the simulator did not start: {failure[0] if failure else 'no reason given'}")
