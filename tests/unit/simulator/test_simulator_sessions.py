"""Login, sessions, logout: a status of 200 says nothing, the body does."""

import httpx
import pytest
from support.spacetrack import IDENTITY, PASSWORD, SimulatedSite, make_site

from spacetrack_simulator import Settings

GOOD = {"identity": IDENTITY, "password": PASSWORD}
QUERY = "expandedspacedata/query/class/cdm/limit/1"


async def login(client: httpx.AsyncClient, **changes: str) -> httpx.Response:
    return await client.post("ajaxauth/login", data=GOOD | changes)


async def test_a_login_answers_with_an_empty_string_and_a_cookie(spacetrack: SimulatedSite) -> None:
    answer = await login(spacetrack.client())
    assert (answer.status_code, answer.json()) == (200, "")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("chocolatechip=")
    assert "HttpOnly" in cookie
    assert "Secure" not in cookie


async def test_a_cookie_is_marked_secure_where_the_settings_say_so() -> None:
    site = make_site(settings=Settings(secure_cookie=True))
    assert "Secure" in (await login(site.client())).headers["set-cookie"]


@pytest.mark.parametrize("changes", [{"password": "wrong"}, {"identity": "nobody@fairway.example"}])
async def test_a_wrong_login_answers_200(spacetrack: SimulatedSite, changes: dict[str, str]) -> None:
    answer = await login(spacetrack.client(), **changes)
    assert (answer.status_code, answer.json()) == (200, {"Login": "Failed"})
    assert "set-cookie" not in answer.headers


async def test_without_a_session_there_is_401_and_json(spacetrack: SimulatedSite) -> None:
    answer = await spacetrack.client().get(QUERY)
    assert (answer.status_code, answer.json()) == (
        401,
        {"error": "You must be logged in to complete this action"},
    )


async def test_use_extends_a_session_and_idleness_ends_it(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    for _ in range(3):
        spacetrack.advance(minutes=110)
        assert (await client.get(QUERY)).status_code == 200
    spacetrack.advance(minutes=121)
    assert (await client.get(QUERY)).status_code == 401


async def test_an_ended_session_may_answer_with_the_login_page(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.faults.sessions.expiry = "html"
    client = await spacetrack.logged_in()
    spacetrack.simulator.accounts.end_sessions()
    answer = await client.get(QUERY)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<form" in answer.text


async def test_after_logout_the_cookie_is_worth_nothing(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    cookie = client.cookies["chocolatechip"]
    assert (await client.get("ajaxauth/logout")).json() == "Successfully logged out"
    client.cookies.set("chocolatechip", cookie, domain="space-track.test")
    assert (await client.get(QUERY)).status_code == 401


async def test_a_login_may_carry_its_query(spacetrack: SimulatedSite) -> None:
    answer = await login(spacetrack.client(), query=f"{spacetrack.base_url}fileshare/query/class/folder")
    assert [row["folder_path"] for row in answer.json()] == ["/Ephemeris/AURORA IMAGING", "/Maneuvers/AURORA IMAGING"]


async def test_a_locked_account_is_told_so_and_its_sessions_end(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    spacetrack.simulator.accounts.lock(IDENTITY, "by hand")
    assert (await client.get(QUERY)).status_code == 401
    answer = await login(client)
    assert answer.json()["Login"] == "Failed"
    assert "suspended" in answer.json()["error"]
    spacetrack.simulator.accounts.unlock(IDENTITY)
    assert (await login(client)).json() == ""
