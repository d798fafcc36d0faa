"""The simulator over HTTP: the imitated interface at every path, its controls at `/_sim/…`."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Final

from fastapi import FastAPI
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from spacetrack_simulator.clock import Clock
from spacetrack_simulator.control import control_router
from spacetrack_simulator.query.addresses import segments_of
from spacetrack_simulator.screening import Screener
from spacetrack_simulator.serving.replies import Incoming, IncomingFile, Reply
from spacetrack_simulator.settings import Settings
from spacetrack_simulator.simulator import Simulator

__all__ = ["ABORT", "COOKIE", "ConnectionDropped", "ConnectionHung", "create_app"]

COOKIE: Final = "chocolatechip"
ABORT: Final = "spacetrack_simulator.abort"
"""Extension of the ASGI scope: drops the connection, where there is one."""

_DRIP_BYTES: Final = 256


class ConnectionDropped(Exception):
    """The connection was dropped; raised where there is none to drop, in one process."""


class ConnectionHung(Exception):
    """The site says nothing any more; raised where there is no connection, in one process."""


def create_app(
    settings: Settings | None = None,
    clock: Clock | None = None,
    *,
    simulator: Simulator | None = None,
    screener: Screener | None = None,
) -> FastAPI:
    """Make the application; `app.state.simulator` is the simulator behind it."""
    behind = simulator or Simulator(settings, clock, screener=screener)
    app = FastAPI(
        title="Space-Track simulator", openapi_url="/_sim/openapi.json", docs_url="/_sim/docs", redoc_url=None
    )
    app.state.simulator = behind
    app.include_router(control_router(behind))
    app.mount("/", _Imitation(behind))
    return app


class _Imitation:
    """The imitated interface as an ASGI application."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = bytes(scope.get("raw_path") or scope["path"].encode())
        form, files = await _parts(request)
        incoming = Incoming(request.method, segments_of(raw), request.cookies.get(COOKIE), form, files)
        if self._simulator.screenings.has_due():
            await asyncio.to_thread(self._simulator.tick)
        reply = self._simulator.answer(incoming)
        await _send(reply, scope, receive, send, secure=self._simulator.settings.secure_cookie)


async def _parts(request: Request) -> tuple[dict[str, str], tuple[IncomingFile, ...]]:
    if request.method != "POST":
        return {}, ()
    async with request.form(max_files=10_000) as parts:
        form = {name: value for name, value in parts.multi_items() if isinstance(value, str)}
        files = [
            IncomingFile(value.filename or name, await value.read())
            for name, value in parts.multi_items()
            if isinstance(value, UploadFile)
        ]
    return form, tuple(files)


async def _send(reply: Reply, scope: Scope, receive: Receive, send: Send, *, secure: bool) -> None:
    if reply.delivery == "reset":
        await _drop(scope)
        return
    if reply.delivery == "hang":
        await _hang(scope, receive)
        return
    await send({"type": "http.response.start", "status": reply.status, "headers": _headers(reply, secure=secure)})
    if reply.delivery == "cut":
        await send({"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True})
        await _drop(scope)
        return
    for part in _body_parts(reply):
        await send({"type": "http.response.body", "body": part, "more_body": True})
        if reply.pause_s:
            await asyncio.sleep(reply.pause_s)
    await send({"type": "http.response.body", "body": b"", "more_body": False})


def _headers(reply: Reply, *, secure: bool) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"content-type", reply.media_type.encode()),
        (b"content-length", str(len(reply.body) * reply.repeat).encode()),
    ]
    if reply.cookie is not None:
        parts = [f"{COOKIE}={reply.cookie}", "path=/", "HttpOnly"]
        parts += ["Secure"] if secure else []
        parts += [] if reply.cookie else ["Max-Age=0"]
        headers.append((b"set-cookie", "; ".join(parts).encode()))
    return headers


def _body_parts(reply: Reply) -> Iterator[bytes]:
    if reply.delivery == "drip":
        yield from (reply.body[start : start + _DRIP_BYTES] for start in range(0, len(reply.body), _DRIP_BYTES))
        return
    for _ in range(reply.repeat):
        yield reply.body


async def _drop(scope: Scope) -> None:
    abort: Callable[[], Any] | None = scope.get("extensions", {}).get(ABORT)
    if abort is None:
        raise ConnectionDropped("the simulated site dropped the connection")
    abort()
    await asyncio.sleep(0.01)  # the server learns of it in its next turn


async def _hang(scope: Scope, receive: Receive) -> None:
    if ABORT not in scope.get("extensions", {}):
        raise ConnectionHung("the simulated site does not answer")
    while (await receive())["type"] != "http.disconnect":
        pass
