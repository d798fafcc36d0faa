"""Request bodies have a limit that no header talks them out of."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from support.sample_service import WRITER, running, sample

ORDINARY = 2048
UPLOAD = 100_000


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    limits = {"http": {"max_body_bytes": ORDINARY}, "upload": {"max_bytes": UPLOAD}}
    async with running(sample(tmp_path, **limits)) as opened:
        yield opened


async def pieces(size: int) -> AsyncIterator[bytes]:
    for start in range(0, size, 1000):
        yield b"x" * min(1000, size - start)


def is_too_large(response: httpx.Response, limit: int) -> bool:
    return (response.status_code, response.json()["code"], response.json()["limit_bytes"]) == (413, "too-large", limit)


async def test_an_ordinary_route_takes_little(client: httpx.AsyncClient) -> None:
    for body in (b"x" * (ORDINARY + 1), pieces(ORDINARY + 1)):
        response = await client.post("/v1/things", content=body, headers=WRITER)
        assert is_too_large(response, ORDINARY)


async def test_an_upload_takes_exactly_as_much_as_it_says(client: httpx.AsyncClient) -> None:
    for make in (lambda size: b"x" * size, pieces):
        fits = await client.post("/v1/things/files", content=make(UPLOAD), headers=WRITER)
        assert fits.json() == UPLOAD
        assert is_too_large(await client.post("/v1/things/files", content=make(UPLOAD + 1), headers=WRITER), UPLOAD)


async def test_a_forms_file_may_be_as_large_as_an_upload(client: httpx.AsyncClient) -> None:
    fits = await client.post("/v1/things/forms", files={"file": ("a.oem", b"x" * UPLOAD)}, headers=WRITER)
    assert fits.json() == UPLOAD
    large = await client.post("/v1/things/forms", files={"file": ("a.oem", b"x" * 2 * UPLOAD)}, headers=WRITER)
    assert large.status_code == 413


async def test_the_body_is_not_read_before_the_caller_is_known(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/things/files", content=pieces(UPLOAD + 1))
    assert response.status_code == 401


async def test_a_content_length_that_lies_does_not_help(client: httpx.AsyncClient) -> None:
    headers = {**WRITER, "Content-Length": "10"}
    response = await client.post("/v1/things/files", content=pieces(UPLOAD + 1), headers=headers)
    assert response.status_code == 413
