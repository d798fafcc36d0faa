"""Who may call what: tokens, sessions, CSRF, permissions."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, Depends
from support.sample_service import CSRF, READER, SESSION, WRITER, running, sample

from servicekit.http import public_route, requires, route_access
from servicekit.runtime import ServiceModule

THING = {"name": "a", "at": "2024-09-17T12:00:00Z"}


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running(sample(tmp_path)) as opened:
        yield opened


def code(response: httpx.Response) -> str:
    assert response.headers["content-type"] == "application/problem+json"
    found: str = response.json()["code"]
    return found


async def test_without_a_credential_the_answer_is_401_and_names_the_scheme(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things")
    assert (response.status_code, code(response)) == (401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("authorization", ["Bearer unknown", "Bearer", "Bearer ", "Basic cmVhZGVyOg==", "reader", ""])
async def test_a_token_that_is_not_valid_is_401_even_with_a_session(
    client: httpx.AsyncClient, authorization: str
) -> None:
    response = await client.get("/v1/things", headers={"Authorization": authorization, **SESSION})
    assert (response.status_code, code(response)) == (401, "unauthenticated")


async def test_a_role_that_lacks_the_permission_is_403_and_the_permission_is_named(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/things", headers=READER)).status_code == 200
    response = await client.post("/v1/things", json=THING, headers=READER)
    assert (response.status_code, code(response)) == (403, "forbidden")
    assert response.json()["permission"] == "things:write"


async def test_permission_is_looked_at_before_the_body(client: httpx.AsyncClient) -> None:
    for headers, status in (({}, 401), (READER, 403), (WRITER, 422)):
        response = await client.post("/v1/things", json={"nothing": 1}, headers=headers)
        assert response.status_code == status


async def test_a_session_reads_with_its_cookie_alone(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/things/whoami", headers=SESSION)
    assert response.json() == "person"
    assert (await client.get("/v1/things", headers={"Cookie": "fairway_session=ended"})).status_code == 401


@pytest.mark.parametrize("csrf", [{}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": CSRF[:-1]}])
async def test_a_session_writes_only_with_its_csrf_token(client: httpx.AsyncClient, csrf: dict[str, str]) -> None:
    response = await client.post("/v1/things", json=THING, headers={**SESSION, **csrf})
    assert (response.status_code, code(response)) == (403, "csrf-token-missing")
    response = await client.post("/v1/things", json=THING, headers={**SESSION, "X-CSRF-Token": CSRF})
    assert response.status_code == 201


async def test_a_csrf_token_that_is_not_ascii_is_wrong_and_no_fault_of_ours(client: httpx.AsyncClient) -> None:
    headers = [(b"Cookie", b"fairway_session=known"), (b"X-CSRF-Token", b"\xff\xfe")]
    assert (await client.post("/v1/things", json=THING, headers=headers)).status_code == 403


async def test_a_token_needs_no_csrf_token(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/things", json=THING, headers={**WRITER, **SESSION})).status_code == 201


async def test_a_public_route_asks_for_nothing(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/things/public")).json() == "hello"


def test_every_route_can_be_walked_with_what_it_needs(tmp_path: Path) -> None:
    access = {(each.method, each.path): each.access for each in route_access(sample(tmp_path))}
    assert access["GET", "/v1/things"] == "things:read"
    assert access["POST", "/v1/things"] == "things:write"
    assert access["GET", "/v1/things/whoami"] == "signed-in"
    assert access["GET", "/v1/things/public"] == "public"
    assert access["GET", "/healthz"] == "public"
    assert None not in access.values()


async def answer() -> None:
    """Answer nothing."""


def test_an_application_with_a_route_that_states_no_access_is_not_made(tmp_path: Path) -> None:
    router = APIRouter()
    router.add_api_route("/v1/forgotten", answer)
    with pytest.raises(TypeError, match="GET /v1/forgotten"):
        sample(tmp_path, ServiceModule(name="careless", routers=[router]))


def test_an_application_with_a_route_that_states_two_is_not_made(tmp_path: Path) -> None:
    router = APIRouter(dependencies=[Depends(public_route())])
    router.add_api_route("/v1/torn", answer, dependencies=[Depends(requires("things:read"))])
    with pytest.raises(TypeError, match="more than one access: public, things:read"):
        sample(tmp_path, ServiceModule(name="careless", routers=[router]))


def test_two_handlers_cannot_share_a_name(tmp_path: Path) -> None:
    router = APIRouter(dependencies=[Depends(public_route())])
    router.add_api_route("/v1/one", answer)
    router.add_api_route("/v1/two", answer)
    with pytest.raises(TypeError, match="used on more than one path: answer"):
        sample(tmp_path, ServiceModule(name="careless", routers=[router]))
