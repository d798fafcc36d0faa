"""The first start, organizations, people, tokens, sessions, satellites, dead letters and the audit log."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import rows
from support.service import Caller, Running, running

from ingest_api.administration.bootstrap import create_sign_in_link, ensure_administrator
from ingest_api.module import MODULE
from records.identity.permissions import Role
from servicekit.ids import new_id
from servicekit.store.plumbing import DeliveryRow


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with running([MODULE], tmp_path) as started:
        yield started


@pytest.fixture
async def admin(service: Running) -> Caller:
    return await service.staff()


async def test_the_first_start_makes_one_administrator_and_shows_the_token_once(service: Running) -> None:
    secrets = await asyncio.gather(*(ensure_administrator(service.context) for _ in range(4)))
    (secret,) = [each for each in secrets if each is not None]
    assert await ensure_administrator(service.context) is None
    me = (await service.with_token(secret).get("/v1/me")).json()
    assert (me["role"], me["is_staff"], me["organization_name"], me["kind"]) == ("admin", True, "Operations", "token")
    database = (service.context.settings.data / "fairway.db").read_bytes()
    assert secret.encode() not in database, "only the hash of a token is kept"


async def test_a_sign_in_link_opens_a_session_once(service: Running, admin: Caller) -> None:
    address = await create_sign_in_link(service.context)
    code = address.partition("/sign-in?code=")[2]
    browser = service.client
    signed_in = await browser.post("/v1/session", json={"code": code})
    assert signed_in.status_code == 201
    cookie = signed_in.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    me = (await browser.get("/v1/session")).json()
    assert (me["kind"], me["name"], me["role"]) == ("session", "Administrator", "admin")
    assert me["csrf_token"] == signed_in.json()["csrf_token"]
    again = await browser.post("/v1/session", json={"code": code})
    assert (again.status_code, again.json()["code"]) == (401, "sign-in-link-invalid")
    unknown = await browser.post("/v1/session", json={"code": "x" * 43})
    assert unknown.status_code == 401
    without_csrf = await browser.post("/v1/organizations", json={"name": "New"})
    assert (without_csrf.status_code, without_csrf.json()["code"]) == (403, "csrf-token-missing")
    headers = {"X-CSRF-Token": me["csrf_token"]}
    assert (await browser.post("/v1/organizations", json={"name": "New"}, headers=headers)).status_code == 201
    assert (await browser.delete("/v1/session", headers=headers)).status_code == 204
    browser.cookies.set("fairway_session", signed_in.json()["cookie"])
    assert (await browser.get("/v1/session")).status_code == 401, "the session has ended, not only the cookie"
    assert (await admin.client.get("/v1/me")).status_code == 200


async def test_a_link_and_a_session_end_with_their_time(service: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await ensure_administrator(service.context)
    monkeypatch.setenv("FAIRWAY_INGEST_API__SIGN_IN_LINK_MINUTES", "0.0000001")
    code = (await create_sign_in_link(service.context)).partition("code=")[2]
    assert (await service.client.post("/v1/session", json={"code": code})).status_code == 401
    monkeypatch.delenv("FAIRWAY_INGEST_API__SIGN_IN_LINK_MINUTES")
    monkeypatch.setenv("FAIRWAY_INGEST_API__SESSION_HOURS", "0.0000001")
    code = (await create_sign_in_link(service.context)).partition("code=")[2]
    signed_in = await service.client.post("/v1/session", json={"code": code})
    service.client.cookies.set("fairway_session", signed_in.json()["cookie"])
    assert (await service.client.get("/v1/session")).status_code == 401


async def test_an_organization_is_made_read_and_changed(admin: Caller) -> None:
    new = {
        "name": "Northern Orbits",
        "space_track_title": "NORTHERN ORBITS LTD",
        "gid": "1234",
        "service_level": "advanced",
        "close_approach_addresses": ["fd@northern.example"],
    }
    made = await admin.client.post("/v1/organizations", json=new)
    assert made.status_code == 201
    assert new.items() <= made.json().items()
    taken = await admin.client.post("/v1/organizations", json=new)
    assert (taken.status_code, taken.json()["code"]) == (409, "name-taken")
    place = made.headers["location"]
    stale = await admin.client.patch(place, json={"gid": "9"}, headers={"If-Match": '"other"'})
    assert stale.status_code == 412
    changed = await admin.client.patch(place, json={"gid": "9"}, headers={"If-Match": made.headers["etag"]})
    assert (changed.json()["gid"], changed.json()["service_level"]) == ("9", "advanced")
    assert changed.headers["etag"] != made.headers["etag"]
    for wrong in ({"close_approach_addresses": ["no address"]}, {"service_level": "gold"}, {"colour": "red"}):
        assert (await admin.client.patch(place, json=wrong)).status_code == 422


async def test_an_operators_administrator_changes_addresses_and_nothing_else(service: Running) -> None:
    operator = await service.operator()
    keeper = await service.colleague(operator, Role.OPERATOR_ADMIN)
    other = await service.operator("Southern Orbits")
    place = f"/v1/organizations/{operator.organization_id}"
    addresses = {"close_approach_addresses": ["fd@northern.example"]}
    assert (await keeper.client.patch(place, json=addresses)).status_code == 200
    assert (await keeper.client.patch(place, json={"service_level": "advanced"})).status_code == 403
    assert (await operator.client.patch(place, json=addresses)).status_code == 403
    assert (await keeper.client.patch(f"/v1/organizations/{other.organization_id}", json=addresses)).status_code == 404
    seen = (await operator.client.get("/v1/organizations")).json()["items"]
    assert [organization["id"] for organization in seen] == [operator.organization_id]
    assert (await operator.client.get(f"/v1/organizations/{other.organization_id}")).status_code == 404


async def test_nobody_hands_on_more_than_they_have(service: Running, admin: Caller) -> None:
    operator = await service.operator()
    keeper = await service.colleague(operator, Role.OPERATOR_ADMIN)
    other = await service.operator("Southern Orbits")

    async def ask(caller: Caller | httpx.AsyncClient, **token: Any) -> tuple[int, str | None]:
        client = caller.client if isinstance(caller, Caller) else caller
        body = {"organization_id": operator.organization_id, "name": "t", "role": "operator"} | token
        response = await client.post("/v1/tokens", json=body)
        return response.status_code, response.json().get("code")

    assert await ask(keeper) == (201, None)
    unnamed = {"organization_id": operator.organization_id, "role": "operator", "scopes": ["documents:read"]}
    assert (await keeper.client.post("/v1/tokens", json=unnamed)).json()["name"] == "API token"
    assert await ask(keeper, role="operator-admin") == (201, None)
    assert await ask(keeper, role="admin") == (422, "role-not-allowed")
    assert await ask(keeper, organization_id=other.organization_id) == (404, "organization-not-found")
    assert await ask(keeper, organization_id=admin.organization_id, role="admin") == (404, "organization-not-found")
    assert await ask(admin, role="admin") == (422, "role-not-allowed")
    assert await ask(admin, organization_id=admin.organization_id) == (422, "role-not-allowed")
    assert await ask(admin, scopes=["audit:read"]) == (422, "scope-not-allowed")
    assert await ask(admin, role="king") == (422, "invalid-request")
    narrow = {"organization_id": admin.organization_id, "role": "admin", "scopes": ["tokens:write", "users:write"]}
    made = await admin.client.post("/v1/tokens", json={"name": "narrow"} | narrow)
    narrow_client = service.with_token(made.json()["token"])
    assert await ask(narrow_client, organization_id=admin.organization_id, role="admin") == (403, "forbidden")
    person = {"name": "A", "email": "a@b.example", "organization_id": admin.organization_id, "role": "admin"}
    assert (await narrow_client.post("/v1/users", json=person)).status_code == 403


async def test_tokens_are_listed_without_secrets_and_only_to_their_organization(
    service: Running, admin: Caller
) -> None:
    operator = await service.operator()
    keeper = await service.colleague(operator, Role.OPERATOR_ADMIN)
    other = await service.operator("Southern Orbits")
    response = await keeper.client.get("/v1/tokens")
    assert {token["organization_id"] for token in response.json()["items"]} == {operator.organization_id}
    assert keeper.token not in response.text
    everyone = (await admin.client.get("/v1/tokens")).json()["items"]
    (foreign,) = [token for token in everyone if token["organization_id"] == other.organization_id]
    refused = await keeper.client.delete(f"/v1/tokens/{foreign['id']}")
    assert (refused.status_code, refused.json()["code"]) == (404, "token-not-found")
    assert (await other.client.get("/v1/me")).status_code == 200


async def test_a_person_has_a_role_in_an_organization_and_loses_it_with_the_session(
    service: Running, admin: Caller
) -> None:
    operator = await service.operator()
    new = {
        "name": "Ada",
        "email": "Ada@Northern.example",
        "organization_id": operator.organization_id,
        "role": "operator",
    }
    made = (await admin.client.post("/v1/users", json=new)).json()
    assert made["email"] == "ada@northern.example"
    taken = await admin.client.post("/v1/users", json=new)
    assert (taken.status_code, taken.json()["code"]) == (409, "email-taken")
    link = {"user_id": made["id"], "organization_id": operator.organization_id}
    code = (await admin.client.post("/v1/sign-in-links", json=link)).json()["url"].partition("code=")[2]
    await service.client.post("/v1/session", json={"code": code})
    assert (await service.client.get("/v1/me")).json()["role"] == "operator"
    membership = f"/v1/users/{made['id']}/memberships/{operator.organization_id}"
    await admin.client.put(membership, json={"role": "operator-admin"})
    assert (await service.client.get("/v1/me")).json()["role"] == "operator-admin", "a role counts at once"
    wrong = await admin.client.put(membership, json={"role": "analyst"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "role-not-allowed")
    assert (await admin.client.delete(membership)).status_code == 204
    assert (await service.client.get("/v1/me")).status_code == 401
    assert (await admin.client.delete(membership)).json()["code"] == "user-not-found"
    assert (await admin.client.post("/v1/sign-in-links", json=link)).json()["code"] == "user-not-found"


async def test_a_satellite_is_registered_by_an_administrator_and_described_by_its_operator(
    service: Running, admin: Caller
) -> None:
    operator = await service.operator()
    keeper = await service.colleague(operator, Role.OPERATOR_ADMIN)
    place = "/v1/satellites/799500234"
    assert (await keeper.client.put(place, json={"name": "NORTH 1"})).status_code == 404
    registered = await admin.client.put(
        place, json={"organization_id": operator.organization_id, "name": "NORTH ONE", "status": "active"}
    )
    assert (registered.status_code, registered.json()["organization_id"]) == (201, operator.organization_id)
    said = {"name": "NORTH 1", "hard_body_radius_m": 1.5, "maneuverable": "yes"}
    described = await keeper.client.put(place, json=said, headers={"If-Match": registered.headers["etag"]})
    facts = described.json()["facts"]
    assert {name: (fact["value"], fact["source"]) for name, fact in facts.items()} == {
        "hard_body_radius_m": (1.5, "operator"),
        "maneuverable": ("yes", "operator"),
        "name": ("NORTH 1", "operator"),
        "status": ("active", "admin"),
    }
    stale = await keeper.client.put(place, json=said, headers={"If-Match": registered.headers["etag"]})
    assert stale.status_code == 412
    same = await keeper.client.put(place, json=said)
    assert same.headers["etag"] == described.headers["etag"], "what is in force already is nothing new"
    taken_back = await keeper.client.put(place, json={"hard_body_radius_m": None})
    assert "hard_body_radius_m" not in taken_back.json()["facts"]
    unchanged = await operator.client.get(place, headers={"If-None-Match": taken_back.headers["etag"]})
    assert unchanged.status_code == 304


@pytest.mark.parametrize(
    "said",
    [
        {"hard_body_radius_m": 0},
        {"hard_body_radius_m": -1},
        {"maneuverable": "perhaps"},
        {"international_designator": "98067A"},
        {"colour": "red"},
    ],
)
async def test_what_cannot_be_true_of_a_satellite_is_refused(admin: Caller, said: dict[str, Any]) -> None:
    assert (await admin.client.put("/v1/satellites/44391", json=said)).status_code == 422


async def test_only_the_owner_describes_a_satellite_and_only_an_administrator_gives_it_away(
    service: Running, admin: Caller
) -> None:
    operator = await service.operator(satellites=[44391])
    keeper = await service.colleague(operator, Role.OPERATOR_ADMIN)
    other = await service.operator("Southern Orbits", satellites=[55555])
    event = rows.conjunction_event(
        44391, 55555, organization_id_low=operator.organization_id, organization_id_high=other.organization_id
    )
    await rows.add(service.context.store, event)
    assert (await keeper.client.put("/v1/satellites/55555", json={"name": "X"})).status_code == 403
    given_away = {"organization_id": other.organization_id}
    assert (await keeper.client.put("/v1/satellites/44391", json=given_away)).status_code == 403
    assert (await admin.client.put("/v1/satellites/44391", json=given_away)).status_code == 200
    nowhere = await admin.client.put("/v1/satellites/44391", json={"organization_id": new_id()})
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "organization-not-found")


async def test_a_dead_letter_is_listed_inspected_and_sent_again(service: Running, admin: Caller) -> None:
    event_id = new_id()
    for consumer in ("notifier.verdict", "validator.decide"):
        letter = DeliveryRow(
            event_id=event_id,
            consumer=consumer,
            topic="document.received.v1",
            payload={"document_id": "x"},
            trace_id="0" * 32,
            emitted_at=rows.NOON,
            state="dead",
            attempts=5,
            due_at=rows.NOON,
            settled_at=rows.NOON,
            error="Traceback …",
            error_kind="ValueError",
        )
        await rows.add(service.context.store, letter)
    first = (await admin.client.get("/v1/dead-letters", params={"limit": 1})).json()
    rest = (await admin.client.get("/v1/dead-letters", params={"cursor": first["next_cursor"]})).json()
    assert [item["consumer"] for item in first["items"] + rest["items"]] == ["notifier.verdict", "validator.decide"]
    place = f"/v1/dead-letters/{event_id}/validator.decide"
    shown = (await admin.client.get(place)).json()
    assert (shown["payload"], shown["error"], shown["attempts"]) == ({"document_id": "x"}, "Traceback …", 5)
    assert (await admin.client.post(f"{place}/replay")).status_code == 202
    again = await admin.client.post(f"{place}/replay")
    assert (again.status_code, again.json()["code"]) == (404, "dead-letter-not-found")
    async with service.context.store.read() as session:
        row = await session.get_one(DeliveryRow, (event_id, "validator.decide"))
    assert (row.state, row.attempts) == ("pending", 0)
    (entry,) = (await admin.client.get("/v1/audit", params={"action": "dead-letter.replayed"})).json()["items"]
    assert (entry["subject_id"], entry["detail"]["consumer"]) == (event_id, "validator.decide")


async def test_the_audit_log_names_who_did_what(admin: Caller) -> None:
    made = (await admin.client.post("/v1/organizations", json={"name": "New"})).json()
    me = (await admin.client.get("/v1/me")).json()
    (entry,) = (await admin.client.get("/v1/audit", params={"subject_id": made["id"]})).json()["items"]
    assert (entry["action"], entry["actor_kind"], entry["actor_id"]) == (
        "organization.created",
        "token",
        me["subject_id"],
    )
    everything = (await admin.client.get("/v1/audit")).json()["items"]
    assert [each["at"] for each in everything] == sorted((each["at"] for each in everything), reverse=True)
