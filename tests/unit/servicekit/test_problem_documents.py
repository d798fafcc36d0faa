"""Every error is a problem document, and no internals get out."""

import errno
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from support.sample_service import READER, WRITER, running, sample

from servicekit.errors import StorageFull, catalogue
from servicekit.http.problems import known_error

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return sample(tmp_path, http={"public_url": "https://fairway.example/"})


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app) as opened:
        yield opened


async def test_an_error_of_ours_is_rendered_whole(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things/missing", headers={**READER, **TRACEPARENT})
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {
        "type": "https://fairway.example/problems/thing-not-found",
        "title": "No such thing",
        "status": 404,
        "detail": "No thing 7",
        "code": "thing-not-found",
        "remedy": "Check the address; what you may not see is answered like what is not there.",
        "instance": "/v1/things/missing",
        "trace_id": TRACE,
        "number": 7,
    }


async def test_an_address_that_is_not_there_and_a_method_that_is_not_possible(client: httpx.AsyncClient) -> None:
    nowhere = await client.get("/v1/nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not-found")
    wrong = await client.delete("/v1/things")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")
    assert wrong.headers["allow"]


async def test_fields_that_cannot_be_read_are_all_named_and_not_repeated(client: httpx.AsyncClient) -> None:
    body = {"name": 7, "at": "hunter2", "extra": 1}
    response = await client.post("/v1/things", json=body, headers=WRITER)
    assert (response.status_code, response.json()["code"]) == (422, "invalid-request")
    assert {each["location"] for each in response.json()["errors"]} == {"body.name", "body.at", "body.extra"}
    assert "hunter2" not in response.text
    query = await client.get("/v1/things?limit=0", headers=READER)
    assert query.json()["detail"] == "query.limit: Input should be greater than or equal to 1"


async def test_a_cursor_that_was_not_given_out_is_400(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things?limit=5&cursor=abc", headers=READER)
    assert (response.status_code, response.json()["code"]) == (400, "invalid-cursor")


async def test_broken_json_and_a_broken_form_are_400(client: httpx.AsyncClient) -> None:
    json_headers = {**WRITER, "Content-Type": "application/json"}
    broken = await client.post("/v1/things", content=b'{"name": ', headers=json_headers)
    assert (broken.status_code, broken.json()["code"]) == (400, "malformed-request")
    form_headers = {**WRITER, "Content-Type": "multipart/form-data; boundary=x"}
    form = await client.post("/v1/things/forms", content=b"--y\r\nnonsense", headers=form_headers)
    assert (form.status_code, form.json()["code"]) == (400, "malformed-request")


async def test_an_unexpected_failure_tells_its_trace_and_nothing_else(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things/crash", headers={**READER, **TRACEPARENT})
    assert (response.status_code, response.json()["code"]) == (500, "internal-error")
    assert response.json()["trace_id"] == response.headers["x-trace-id"] == TRACE
    for internal in ("hunter2", "RuntimeError", "Traceback", "crash("):
        assert internal not in response.text


async def test_a_failure_midway_breaks_the_answer_off(app: FastAPI) -> None:
    async with running(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://fairway.test") as client:
            with pytest.raises(RuntimeError, match="midway"):
                await client.get("/v1/things/crash-midway", headers=READER)


async def test_a_trace_of_the_caller_is_taken_only_when_it_has_the_right_form(client: httpx.AsyncClient) -> None:
    for bad in ("00-0-0-00", f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{TRACE}'; DROP--01"):
        response = await client.get("/healthz", headers={"traceparent": bad})
        assert response.headers["x-trace-id"] not in ("0" * 32, TRACE)
        assert len(response.headers["x-trace-id"]) == 32


async def test_every_type_leads_to_a_page_that_says_what_to_do(client: httpx.AsyncClient) -> None:
    index = await client.get("/problems")
    for code, error in catalogue().items():
        assert f'href="/problems/{code}"' in index.text
        page = await client.get(f"/problems/{code}")
        assert page.status_code == 200
        assert error.title in page.text
        assert error.remedy.replace("'", "&#x27;") in page.text
    assert (await client.get("/problems/<script>")).status_code == 404


async def test_every_answer_carries_the_security_headers(client: httpx.AsyncClient) -> None:
    for path, headers in (("/v1/things", READER), ("/v1/nowhere", {}), ("/v1/things/crash", READER)):
        response = await client.get(path, headers=headers)
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "script-src 'self'" in response.headers["content-security-policy"]
        assert "unsafe" not in response.headers["content-security-policy"]
        assert response.headers["strict-transport-security"]


def test_a_full_disk_is_storage_full_whoever_met_it() -> None:
    full = OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
    assert isinstance(known_error(full), StorageFull)
    assert isinstance(known_error(OSError(errno.ENOSPC, "No space left on device")), StorageFull)
    assert known_error(OSError(errno.EACCES, "Permission denied")) is None
    assert StorageFull.status == 507
