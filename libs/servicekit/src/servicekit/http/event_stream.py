"""Server-sent events: progress as it happens, with a heartbeat, ended when the process is to stop."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import StreamingResponse

__all__ = ["ServerSentEvent", "event_stream"]

HEARTBEAT_S = 15.0
"""Shorter than the idle time after which a proxy closes a connection."""


@dataclass(frozen=True, kw_only=True)
class ServerSentEvent:
    """One event of a stream. `id` comes back as Last-Event-ID when the browser connects again."""

    data: Any
    """Sent as JSON."""
    event: str | None = None
    id: str | None = None
    retry_ms: int | None = None

    def encode(self) -> bytes:
        """Return the event in the form of the HTML standard, section 9.2.6."""
        text = self.data.model_dump_json() if isinstance(self.data, BaseModel) else json.dumps(self.data, default=str)
        fields = (("id", self.id), ("event", self.event), ("retry", self.retry_ms), ("data", text))
        lines = [f"{name}: {_one_line(str(value))}\n" for name, value in fields if value is not None]
        return ("".join(lines) + "\n").encode()


def event_stream(
    request: Request, events: AsyncIterator[ServerSentEvent], *, heartbeat_s: float = HEARTBEAT_S
) -> StreamingResponse:
    """Answer `request` with `events` until they end, the caller goes away, or the process is to stop."""
    stopping: asyncio.Event = request.app.state.stopping
    return StreamingResponse(
        _encoded(events, stopping, heartbeat_s),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _encoded(
    events: AsyncIterator[ServerSentEvent], stopping: asyncio.Event, heartbeat_s: float
) -> AsyncIterator[bytes]:
    stop = asyncio.ensure_future(stopping.wait())
    following: asyncio.Task[ServerSentEvent | None] | None = None
    yield b": begin\n\n"
    try:
        while not stop.done():
            following = following or asyncio.create_task(_next(events))
            await asyncio.wait({following, stop}, timeout=heartbeat_s, return_when=asyncio.FIRST_COMPLETED)
            if following.done():
                event, following = following.result(), None
                if event is None:
                    return
                yield event.encode()
            elif not stop.done():
                yield b": heartbeat\n\n"
    finally:
        for task in (stop, following):
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in (stop, following) if task is not None), return_exceptions=True)


async def _next(events: AsyncIterator[ServerSentEvent]) -> ServerSentEvent | None:
    return await anext(events, None)


def _one_line(text: str) -> str:
    return text.replace("\r", " ").replace("\n", " ").replace("\0", " ")
