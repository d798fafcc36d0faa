"""Calls of the application in the same process."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Send

from dashboard.in_process import InProcessTransport


def client(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=InProcessTransport(app), base_url="http://here.test")


async def test_method_address_headers_and_body_arrive() -> None:
    async def echo(request: Request) -> Response:
        said = f"{request.method} {request.url} {request.headers['x-name']} ".encode()
        return Response(said + await request.body(), 201, {"x-answer": "yes"})

    async with client(Starlette(routes=[Route("/a b", echo, methods=["POST"])])) as http:
        answer = await http.post("/a b?c=d%20e", content=b"body", headers={"X-Name": "n"})
    assert (answer.status_code, answer.headers["x-answer"]) == (201, "yes")
    assert answer.content == b"POST http://here.test/a b?c=d%20e n body"


async def test_an_answer_is_read_while_it_is_made_and_never_runs_far_ahead() -> None:
    made = 0

    async def endless(_request: Request) -> Response:
        async def body() -> AsyncIterator[bytes]:
            nonlocal made
            while True:
                made += 1
                yield b"x" * 1000

        return StreamingResponse(body())

    async with client(Starlette(routes=[Route("/", endless)])) as http, http.stream("GET", "/") as answer:
        pieces = answer.aiter_raw()
        for _ in range(3):
            await anext(pieces)
        assert made < 12


async def test_leaving_an_answer_unread_ends_the_application() -> None:
    ended = asyncio.Event()

    async def endless(_scope: object, _receive: object, send: Send) -> None:
        try:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while True:
                await send({"type": "http.response.body", "body": b"x", "more_body": True})
        finally:
            ended.set()

    async with client(endless) as http, http.stream("GET", "/") as answer:
        await anext(answer.aiter_raw())
    assert ended.is_set()


async def test_an_upload_is_read_while_it_is_sent() -> None:
    sent: list[int] = []
    seen: list[int] = []

    async def take(request: Request) -> Response:
        seen.extend([len(sent) async for piece in request.stream() if piece])
        return Response()

    async def body() -> AsyncIterator[bytes]:
        for number in range(5):
            sent.append(number)
            yield b"piece"

    async with client(Starlette(routes=[Route("/", take, methods=["POST"])])) as http:
        await http.post("/", content=body())
    assert seen == [1, 2, 3, 4, 5]


async def test_an_upload_that_breaks_off_is_seen_by_the_application() -> None:
    async def take(_scope: object, receive: Receive, _send: object) -> None:
        while True:
            await receive()

    async def body() -> AsyncIterator[bytes]:
        yield b"piece"
        raise ConnectionResetError("the browser went away")

    async with client(take) as http:
        with pytest.raises(ConnectionResetError, match="went away"):
            await http.post("/", content=body())


async def test_an_application_that_gives_no_answer_is_one_that_does_not_answer() -> None:
    async def silent(_scope: object, _receive: object, _send: object) -> None:
        return

    async with client(silent) as http:
        with pytest.raises(httpx.TransportError):
            await http.get("/")


async def test_a_handler_that_fails_in_the_middle_is_an_error_and_not_a_short_answer() -> None:
    async def broken(_request: Request) -> Response:
        async def body() -> AsyncIterator[bytes]:
            yield b"begin"
            raise ValueError("broken")

        return StreamingResponse(body())

    async with client(Starlette(routes=[Route("/", broken)])) as http:
        with pytest.raises(ValueError, match="broken"):
            await http.get("/")


async def test_waiting_for_a_disconnect_does_not_keep_the_call_alive() -> None:
    async def patient(_scope: object, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})
        assert (await receive())["type"] == "http.disconnect"

    async with client(patient) as http:
        assert (await asyncio.wait_for(http.get("/"), 60)).content == b"done"
