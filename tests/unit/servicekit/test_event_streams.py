"""Server-sent events: in order, with a heartbeat, ended by a stop."""

import asyncio
import json
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request

from servicekit.http import ServerSentEvent, event_stream


def request(stopping: asyncio.Event) -> Request:
    app: Any = SimpleNamespace(state=SimpleNamespace(stopping=stopping))
    return Request({"type": "http", "app": app, "headers": []})


async def events(*data: Any, then: asyncio.Event | None = None) -> AsyncIterator[ServerSentEvent]:
    for number, each in enumerate(data):
        yield ServerSentEvent(data=each, event="step", id=str(number))
    if then is not None:
        await then.wait()


async def test_events_arrive_in_their_order_and_the_stream_ends_with_them() -> None:
    response = event_stream(request(asyncio.Event()), events({"done": 1}, {"done": 2}))
    text = b"".join([bytes(chunk) async for chunk in response.body_iterator]).decode()
    assert text == (': begin\n\nid: 0\nevent: step\ndata: {"done": 1}\n\nid: 1\nevent: step\ndata: {"done": 2}\n\n')
    assert response.media_type == "text/event-stream"
    assert response.headers["cache-control"] == "no-store"


async def test_silence_is_filled_with_heartbeats() -> None:
    response = event_stream(request(asyncio.Event()), events(then=asyncio.Event()), heartbeat_s=0.01)
    stream = aiter(response.body_iterator)
    assert [await anext(stream) for _ in range(3)] == [b": begin\n\n", b": heartbeat\n\n", b": heartbeat\n\n"]
    await stream.aclose()


async def test_a_process_that_stops_ends_its_streams() -> None:
    stopping = asyncio.Event()
    response = event_stream(request(stopping), events({"done": 1}, then=asyncio.Event()))
    stream = aiter(response.body_iterator)
    assert [await anext(stream) for _ in range(2)][1].startswith(b"id: 0")
    stopping.set()
    with pytest.raises(StopAsyncIteration):
        await anext(stream)


async def test_what_the_source_raises_ends_the_stream() -> None:
    async def broken() -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(data=1)
        raise LookupError("gone")

    response = event_stream(request(asyncio.Event()), broken())
    with pytest.raises(LookupError):
        _ = [chunk async for chunk in response.body_iterator]


async def test_a_caller_that_leaves_ends_the_source() -> None:
    ended = asyncio.Event()

    async def source() -> AsyncIterator[ServerSentEvent]:
        try:
            yield ServerSentEvent(data=1)
            await asyncio.Event().wait()
        finally:
            ended.set()

    response = event_stream(request(asyncio.Event()), source())
    stream = aiter(response.body_iterator)
    for _ in range(2):
        await anext(stream)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    async with asyncio.timeout(60):
        await ended.wait()


def test_a_line_break_in_a_field_cannot_begin_another() -> None:
    event = ServerSentEvent(data="a\nb", event="x\ndata: forged", id="1\r\n2")
    lines = event.encode().decode().splitlines()
    assert lines == ["id: 1  2", "event: x data: forged", f"data: {json.dumps(chr(97) + chr(10) + chr(98))}", ""]
