"""Serving an application until a signal ends it: no new requests, those in hand, handlers and jobs, the store."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI
from typing_extensions import override

from servicekit.errors import FairwayError
from servicekit.http.head_limit import HeadLimitedProtocol
from servicekit.observability import configure_logging
from servicekit.runtime.health import Progress
from servicekit.settings import Settings

__all__ = ["AddressInUse", "listen", "run_serving", "serve"]


_COLLECTED_AT = 10_000
"""So many objects that hold others are made before the collector looks for those that only hold each other."""


class AddressInUse(FairwayError):
    """The port cannot be listened on."""

    code = "address-in-use"
    status = 503
    title = "Address in use"
    remedy = "Stop what listens there, or choose another port with --port."


def run_serving(main: Coroutine[Any, Any, None]) -> None:
    """Run what serves in an event loop of its own, made of compiled code: a fifth of a request was the loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


async def serve(app: FastAPI, *, ready: Callable[[str], object] | None = None) -> None:
    """Run `app` where its settings say until SIGINT or SIGTERM; a second signal does not wait for requests in hand.

    `ready` is called with the address when requests are answered. What the start of the application raises is raised
    here, and the application is closed properly however it ends.

    Raises
    ------
    AddressInUse
        The address cannot be listened on.
    """
    settings: Settings = app.state.settings
    configure_logging(settings.log)
    listening = listen(settings.http.host, settings.http.port)
    with listening:
        config = uvicorn.Config(
            app,
            lifespan="off",  # entered below, so that its errors reach the caller as they are
            http=HeadLimitedProtocol,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=settings.http.keep_alive_s,
            timeout_graceful_shutdown=max(1, round(settings.http.shutdown_s)),
        )
        server = _Server(config, app, ready)
        with _signals(server.ask_to_stop):
            async with app.router.lifespan_context(app):
                _spare_what_stays()
                await server.serve(sockets=[listening])


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handlers, telling the application when it is to stop."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, ready: Callable[[str], object] | None) -> None:
        super().__init__(config)
        self._app = app
        self._ready = ready

    def ask_to_stop(self) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True

    @override
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._ready is not None and sockets:
            host, port = sockets[0].getsockname()[:2]
            self._ready(f"http://{f'[{host}]' if ':' in host else host}:{port}")

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        progress: Progress = self._app.state.progress
        progress.stop()  # now, not when the last requests are answered
        self._app.state.stopping.set()  # streams of events end, or the server would wait for them
        await super().shutdown(sockets)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Raises
    ------
    AddressInUse
        The address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)
        raise AddressInUse(f"Nothing can listen on {host}:{port} ({reason})") from None
    # Connections inherit it. Without it an answer's body waits for the other side to acknowledge the head: 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _spare_what_stays() -> None:
    """Have the garbage collector leave alone what the start has made: it was a twentieth of what an upload costs."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECTED_AT, 20, 20)


@contextmanager
def _signals(ask_to_stop: Callable[[], None]) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ask_to_stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
