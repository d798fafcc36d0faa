"""Entity tags on a single resource (RFC 9110, section 13.1)."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from support.sample_service import READER, WRITER, running, sample

from servicekit.http import entity_tag

TAG = entity_tag("thing", 3)
OTHER = entity_tag("thing", 2)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running(sample(tmp_path)) as opened:
        yield opened


def test_a_tag_tells_states_apart_and_nothing_of_them() -> None:
    assert TAG != OTHER
    assert entity_tag("a", "bc") != entity_tag("ab", "c")
    assert "thing" not in TAG
    assert TAG.startswith('"')
    assert TAG.endswith('"')


@pytest.mark.parametrize(
    ("named", "status"), [(TAG, 304), (f"W/{TAG}", 304), ("*", 304), (f"{OTHER}, {TAG}", 304), (OTHER, 200), ("x", 200)]
)
async def test_what_the_caller_has_is_not_sent_again(client: httpx.AsyncClient, named: str, status: int) -> None:
    response = await client.get("/v1/things/versioned", headers={**READER, "If-None-Match": named})
    assert response.status_code == status
    assert response.headers["etag"] == TAG


@pytest.mark.parametrize(("named", "status"), [(TAG, 200), ("*", 200), (OTHER, 412), (f"W/{TAG}", 412)])
async def test_what_the_caller_has_not_seen_is_not_overwritten(
    client: httpx.AsyncClient, named: str, status: int
) -> None:
    response = await client.put("/v1/things/versioned", headers={**WRITER, "If-Match": named})
    assert response.status_code == status
    if status == 412:
        assert response.json()["code"] == "precondition-failed"
        assert response.headers["etag"] == TAG


async def test_a_write_without_a_condition_goes_through(client: httpx.AsyncClient) -> None:
    assert (await client.put("/v1/things/versioned", headers=WRITER)).status_code == 200
