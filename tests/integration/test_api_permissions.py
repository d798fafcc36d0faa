"""Every route of the application, with every role and with none: who is let through is what the roles say."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from support.gateway import KEY
from support.gateway import ROUTES as SPACE_TRACK_ROUTES
from support.service import Caller, Running, running

from ingest_api.module import MODULE
from records.identity.permissions import ROLE_PERMISSIONS, STAFF_ROLES, Permission, Role
from records.identity.tables import ApiToken
from servicekit.http import RouteAccess, route_access
from servicekit.ids import new_id
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry

PUBLIC = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/problems"),
    ("GET", "/problems/{code}"),
    ("POST", "/v1/session"),
}


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setenv("FAIRWAY_SPACE_TRACK__SECRET_KEY", KEY)
    async with running([MODULE, SPACE_TRACK_ROUTES], tmp_path) as started:
        yield started


@pytest.fixture
async def callers(service: Running) -> dict[Role, Caller]:
    operator = await service.operator(satellites=[44391])
    return {
        role: await service.staff(role) if role in STAFF_ROLES else await service.colleague(operator, role)
        for role in Role
    }


def routes(app: FastAPI) -> list[RouteAccess]:
    return [route for route in route_access(app) if route.method != "HEAD"]


def address(route: RouteAccess) -> str:
    """An address that fits the route and names nothing that exists."""
    path = route.path.replace("{norad_cat_id}", "7").replace("{consumer}", "validator.decide")
    path = path.replace("{code}", "not-found").replace("{name}", "gp")
    return re.sub(r"\{[a-z_]+\}", new_id(), path)


LEADS_ELSEWHERE = {"/v1/organizations/{organization_id}/space-track"}
"""Answered by a redirection; where it leads, access is decided."""


async def ask(client: httpx.AsyncClient, route: RouteAccess) -> httpx.Response:
    return await client.request(route.method, address(route))


async def test_every_route_states_what_it_needs(service: Running) -> None:
    found = routes(service.app)
    assert len(found) > 40
    for route in found:
        if route.access == "public":
            assert (route.method, route.path) in PUBLIC, f"{route.method} {route.path} is open to everybody"
        elif route.access != "signed-in":
            assert route.access in set(Permission), f"{route.path} needs {route.access}, which no role can have"


async def test_without_a_credential_every_route_answers_401(service: Running) -> None:
    for route in routes(service.app):
        if route.access == "public":
            continue
        response = await ask(service.client, route)
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated"), (
            f"{route.method} {route.path}"
        )


async def test_with_a_wrong_token_every_route_answers_401(service: Running) -> None:
    client = service.with_token("fwy_000000000000_" + "A" * 43)
    for route in routes(service.app):
        if route.access != "public":
            assert (await ask(client, route)).status_code == 401, f"{route.method} {route.path}"


@pytest.mark.parametrize("role", Role)
async def test_a_role_is_let_through_where_it_has_the_permission_and_nowhere_else(
    service: Running, callers: dict[Role, Caller], role: Role
) -> None:
    """What is let through is answered by the route itself: nothing is there (404), or the empty body is refused."""
    for route in routes(service.app):
        if route.access in {"public", "signed-in"} or route.path in LEADS_ELSEWHERE:
            continue
        response = await ask(callers[role].client, route)
        where = f"{role} {route.method} {route.path}: {response.status_code} {response.text[:200]}"
        if route.access in ROLE_PERMISSIONS[role]:
            assert response.status_code in {200, 202, 204, 404, 415, 422}, where
            if "{" in route.path and route.method == "GET":
                assert response.status_code == 404, where
        else:
            assert response.status_code == 403, where
            assert response.json()["permission"] == route.access, where


async def test_scopes_limit_a_token_below_its_role(service: Running, callers: dict[Role, Caller]) -> None:
    admin = callers[Role.ADMIN]
    made = await admin.client.post(
        "/v1/tokens",
        json={
            "organization_id": callers[Role.OPERATOR].organization_id,
            "name": "reads documents",
            "role": "operator",
            "scopes": ["documents:read"],
        },
    )
    assert made.status_code == 201, made.text
    client = service.with_token(made.json()["token"])
    for route in routes(service.app):
        if route.access not in {"public", "signed-in"}:
            expected = route.access == Permission.DOCUMENTS_READ
            assert ((await ask(client, route)).status_code != 403) is expected, f"{route.method} {route.path}"


async def test_a_revoked_and_an_expired_token_are_worth_nothing(service: Running, callers: dict[Role, Caller]) -> None:
    admin = callers[Role.ADMIN]
    body = {"organization_id": admin.organization_id, "name": "short", "role": "analyst"}
    made = (await admin.client.post("/v1/tokens", json=body)).json()
    client = service.with_token(made["token"])
    assert (await client.get("/v1/me")).status_code == 200
    assert (await admin.client.delete(f"/v1/tokens/{made['id']}")).status_code == 204
    assert (await client.get("/v1/me")).status_code == 401
    made = (await admin.client.post("/v1/tokens", json=body | {"expires_at": "2999-01-01T00:00:00Z"})).json()
    client = service.with_token(made["token"])
    assert (await client.get("/v1/me")).status_code == 200
    async with service.context.store.write(Actor("system", "test")) as unit:
        (await unit.session.get_one(ApiToken, made["id"])).expires_at = unit.now
    expired = await client.get("/v1/me")
    assert (expired.status_code, expired.json()["code"]) == (401, "unauthenticated")
    past = await admin.client.post("/v1/tokens", json=body | {"expires_at": "2020-01-01T00:00:00Z"})
    assert past.status_code == 422


async def _audit_count(service: Running) -> int:
    async with service.context.store.read() as session:
        return await session.scalar(select(func.count()).select_from(AuditEntry)) or 0


async def test_every_change_leaves_an_entry_in_the_audit_log(service: Running, callers: dict[Role, Caller]) -> None:
    """One act for each route that changes something; the list is held against the routes, so that none is forgotten."""
    admin, operator, keeper = callers[Role.ADMIN], callers[Role.OPERATOR], callers[Role.OPERATOR_ADMIN]
    done: set[str] = set()

    async def act(caller: Caller, operation: str, method: str, path: str, **content: object) -> httpx.Response:
        before = await _audit_count(service)
        response = await caller.client.request(method, path, **content)  # type: ignore[arg-type]
        assert response.is_success, f"{operation}: {response.status_code} {response.text}"
        assert await _audit_count(service) > before, f"{operation} left no entry"
        done.add(operation)
        return response

    file = {"headers": {"X-File-Name": "a.oem", "Content-Type": "text/plain"}, "content": b"a"}
    document = await act(operator, "upload_document", "POST", "/v1/documents", **file)
    form = {"files": {"file": ("b.oem", b"b")}, "data": {"object_id": "44391"}}
    await act(operator, "upload_ephemeris", "POST", "/v1/ephemerides", **form)
    await act(admin, "upload_catalogue", "POST", "/v1/catalogues", **file)
    place = document.headers["location"]
    await act(operator, "withdraw_document", "DELETE", place)
    await act(operator, "restore_document", "POST", f"{place}/restore")
    await act(operator, "create_screening", "POST", "/v1/screenings", json={"norad_cat_id": 44391})
    organization = (await act(admin, "create_organization", "POST", "/v1/organizations", json={"name": "New"})).json()
    changed = {"close_approach_addresses": ["a@b.example"]}
    place = f"/v1/organizations/{organization['id']}"
    await act(admin, "update_organization", "PATCH", place, json=changed)
    person = {"name": "A", "email": "a@b.example", "organization_id": organization["id"], "role": "operator"}
    user = (await act(admin, "create_user", "POST", "/v1/users", json=person)).json()
    membership = f"/v1/users/{user['id']}/memberships/{organization['id']}"
    await act(admin, "put_membership", "PUT", membership, json={"role": "operator-admin"})
    link = {"user_id": user["id"], "organization_id": organization["id"]}
    made = (await act(admin, "create_sign_in_link", "POST", "/v1/sign-in-links", json=link)).json()
    code = made["url"].partition("code=")[2]
    nobody = Caller(service.client, "", "")
    session = (await act(nobody, "create_session", "POST", "/v1/session", json={"code": code})).json()
    await act(nobody, "delete_session", "DELETE", "/v1/session", headers={"X-CSRF-Token": session["csrf_token"]})
    await act(admin, "delete_membership", "DELETE", membership)
    token = {"organization_id": keeper.organization_id, "name": "t", "role": "operator"}
    secret = (await act(keeper, "create_token", "POST", "/v1/tokens", json=token)).json()
    await act(keeper, "delete_token", "DELETE", f"/v1/tokens/{secret['id']}")
    await act(keeper, "put_satellite", "PUT", "/v1/satellites/44391", json={"hard_body_radius_m": 2.0})
    account = {"name": "service", "identity": "a", "password": "b", "base_url": "http://127.0.0.1:9"}
    made = (await act(admin, "create_account", "POST", "/v1/space-track/accounts", json=account)).json()
    place = f"/v1/space-track/accounts/{made['id']}"
    await act(admin, "put_password", "PUT", f"{place}/password", json={"password": "c"})
    await act(admin, "resume_account", "POST", f"{place}/resume")
    await act(admin, "sync_account", "POST", f"{place}/sync/satellite")
    pair = {"norad_cat_id_1": 44391, "norad_cat_id_2": 55555, "reason": "docked"}
    known = (await act(admin, "create_known_pair", "POST", "/v1/known-pairs", json=pair)).json()
    await act(admin, "delete_known_pair", "DELETE", f"/v1/known-pairs/{known['id']}")
    place = f"/v1/space-track/organizations/{keeper.organization_id}"
    await act(keeper, "update_link", "PATCH", place, json={"push_mode": "manual"})
    await act(keeper, "put_step", "PUT", f"{place}/steps/email-alerts-off", json={"confirmed": True})
    elsewhere = {
        "replay_dead_letter",  # tests/integration/test_api_administration.py makes a dead letter first
        "release_submission",  # tests/integration/test_gateway_checklist.py makes the submissions first
        "delete_submission",
    }
    changing = {route.operation_id for route in routes(service.app) if route.method != "GET"}
    assert changing == done | elsewhere
