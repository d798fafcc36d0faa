"""A process takes so many requests at a time; who comes beyond that hears so at once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from support.sample_service import WRITER, running, sample


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running(sample(tmp_path, http={"max_requests": 1})) as opened:
        yield opened


async def test_one_too_many_is_told_to_come_again_and_probes_and_who_waits_are_answered(
    client: httpx.AsyncClient,
) -> None:
    is_in_hand, may_end = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"x"
        is_in_hand.set()
        await may_end.wait()

    first = asyncio.create_task(client.post("/v1/things/files", content=slow(), headers=WRITER))
    await is_in_hand.wait()
    refused = await client.post("/v1/things/files", content=b"x", headers=WRITER)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert refused.headers["Retry-After"] == "5"
    assert refused.headers["X-Trace-Id"]
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/metrics")).status_code == 200
    waiting = await client.post("/v1/things/files", content=b"x", headers={**WRITER, "Prefer": "wait=1"})
    assert waiting.status_code == 200
    may_end.set()
    assert (await first).status_code == 200
    assert (await client.post("/v1/things/files", content=b"x", headers=WRITER)).status_code == 200
