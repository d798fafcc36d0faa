"""A request that is sent again has its effect once and gets the same answer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from support.sample_service import CSRF, READER, SESSION, WRITER, running, sample

from servicekit.http import Idempotency, fingerprint, json_answer
from servicekit.http.idempotency import IdempotencyKeyInUse
from servicekit.http.models import ResponseModel
from servicekit.store import Actor, Store

THING = {"name": "a", "at": "2024-09-17T12:00:00Z"}
KEYED = {**WRITER, "Idempotency-Key": "k-1"}


class Answer(ResponseModel):
    text: str


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return sample(tmp_path)


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as opened:
        yield opened


async def count(client: httpx.AsyncClient) -> int:
    return int((await client.get("/v1/things/count", headers=READER)).text)


async def test_the_answer_is_given_again_and_the_effect_is_not(client: httpx.AsyncClient) -> None:
    first = await client.post("/v1/things", json=THING, headers=KEYED)
    again = await client.post("/v1/things", json=THING, headers=KEYED)
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, again.content)
    assert again.headers["location"] == first.headers["location"] == "/v1/things/a"
    assert again.headers["content-type"] == "application/json"
    assert again.headers["idempotent-replayed"] == "true"
    assert "idempotent-replayed" not in first.headers
    assert await count(client) == 1


async def test_the_answer_survives_a_restart(tmp_path: Path) -> None:
    async with running(sample(tmp_path)) as client:
        first = await client.post("/v1/things", json=THING, headers=KEYED)
    async with running(sample(tmp_path)) as client:
        again = await client.post("/v1/things", json=THING, headers=KEYED)
        assert again.content == first.content
        assert await count(client) == 1


async def test_the_same_key_with_another_body_is_409(client: httpx.AsyncClient) -> None:
    await client.post("/v1/things", json=THING, headers=KEYED)
    response = await client.post("/v1/things", json={**THING, "name": "b"}, headers=KEYED)
    assert (response.status_code, response.json()["code"]) == (409, "idempotency-key-reused")
    assert await count(client) == 1


async def test_without_a_key_every_request_counts(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert (await client.post("/v1/things", json=THING, headers=WRITER)).status_code == 201
    assert await count(client) == 2


async def test_one_organizations_members_share_their_keys(client: httpx.AsyncClient) -> None:
    await client.post("/v1/things", json=THING, headers=KEYED)
    other = {**SESSION, "X-CSRF-Token": CSRF, "Idempotency-Key": "k-1"}
    again = await client.post("/v1/things", json=THING, headers=other)
    assert again.headers["idempotent-replayed"] == "true"


async def test_requests_at_the_same_time_have_one_effect(client: httpx.AsyncClient) -> None:
    responses = await asyncio.gather(*(client.post("/v1/things", json=THING, headers=KEYED) for _ in range(8)))
    assert await count(client) == 1
    assert {response.status_code for response in responses} <= {201, 409}
    late = [response.json()["code"] for response in responses if response.status_code == 409]
    assert set(late) <= {"idempotency-key-in-use"}


@pytest.mark.parametrize("key", ["", "a b", "x" * 201])
async def test_a_key_that_is_none_is_refused(client: httpx.AsyncClient, key: str) -> None:
    response = await client.post("/v1/things", json=THING, headers={**WRITER, "Idempotency-Key": key})
    assert response.status_code == 422


async def test_on_every_database_a_key_that_was_just_used_rolls_the_second_effect_back(store: Store) -> None:
    idempotency = Idempotency("k", "018f POST /v1/things", store)
    request_hash = fingerprint("a")
    answer = json_answer(Answer(text="first"), 202)
    async with store.write(Actor("system", "test")) as unit:
        await idempotency.record(unit, request_hash, answer)
    with pytest.raises(IdempotencyKeyInUse):
        async with store.write(Actor("system", "test")) as unit:
            await idempotency.record(unit, request_hash, json_answer(Answer(text="second")))
    kept = await idempotency.answer(request_hash)
    assert kept is not None
    assert (kept.status_code, bytes(kept.body)) == (202, b'{"text":"first"}')
    assert await Idempotency("k", "other POST /v1/things", store).answer(request_hash) is None


def test_a_fingerprint_tells_where_one_part_ends() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint("a", None) != fingerprint("a", "")
    assert fingerprint("a") == fingerprint(b"a")
