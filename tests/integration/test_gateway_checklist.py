"""The checklist over the API: what is missing, consents on record, and mails when the feed fails and works again."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support import rows
from support.gateway import ADMIN, KEY, ROUTES, Station
from support.service import Running, running
from support.spacetrack import IDENTITY, PASSWORD

from ingest_api.module import MODULE as API
from records.identity.permissions import Role
from records.identity.tables import Organization
from records.spacetrack_gateway import writes
from records.spacetrack_gateway.tables import Submission
from spacetrack_gateway.inspection import inspect


@pytest.fixture
async def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Running]:
    monkeypatch.setenv("FAIRWAY_SPACE_TRACK__SECRET_KEY", KEY)
    async with running([API, ROUTES], tmp_path) as started:
        yield started


def states(answer: dict[str, Any]) -> dict[str, str]:
    return {item["code"]: item["state"] for item in answer["items"]}


async def test_the_checklist_of_a_new_organization(service: Running):
    operator = await service.operator(satellites=[44391])
    answer = await operator.client.get(f"/v1/space-track/organizations/{operator.organization_id}")
    assert answer.status_code == 200, answer.text
    link = answer.json()
    assert (link["state"], link["push_mode"], link["metadata_policy"]) == ("missing", "off", "operator-wins")
    assert states(link)["our-account"] == "missing"
    (satellite,) = link["satellites"]
    assert satellite["norad_cat_id"] == 44391
    assert {item["code"]: item["state"] for item in satellite["items"]}["hard-body-radius"] == "missing"


async def test_the_checklist_is_found_at_its_organization_too(service: Running):
    operator = await service.operator()
    found = await operator.client.get(f"/v1/organizations/{operator.organization_id}/space-track")
    place = f"/v1/space-track/organizations/{operator.organization_id}"
    assert (found.status_code, found.headers["location"]) == (308, place)


async def test_a_parameter_that_the_gateway_does_not_know_is_refused(service: Running):
    operator, admin = await service.operator(), await service.staff(Role.ADMIN)
    for client, path in (
        (operator.client, f"/v1/space-track/organizations/{operator.organization_id}"),
        (admin.client, "/v1/space-track/accounts"),
    ):
        answer = await client.get(path, params={"stat": "failing"})
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown-parameter")


async def test_what_is_another_organizations_is_not_there(service: Running):
    operator, stranger = await service.operator(), await service.operator("Stranger")
    answer = await stranger.client.get(f"/v1/space-track/organizations/{operator.organization_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "space-track-link-not-found")


async def test_consent_is_the_operators_own_and_on_record(service: Running):
    operator = await service.operator()
    boss = await service.colleague(operator, Role.OPERATOR_ADMIN)
    admin = await service.staff(Role.ADMIN)
    path = f"/v1/space-track/organizations/{operator.organization_id}"

    assert (await operator.client.patch(path, json={"push_mode": "automatic"})).status_code == 403
    assert (await admin.client.patch(path, json={"push_mode": "automatic"})).status_code == 403
    consented = await boss.client.patch(path, json={"push_mode": "automatic", "reads_folder": True})
    assert consented.status_code == 200, consented.text
    link = consented.json()
    assert (link["push_mode"], link["reads_folder"]) == ("automatic", True)
    assert link["push_consented_by"]
    assert link["push_consented_at"]
    assert states(link)["push-consent"] == "good"

    ended = await admin.client.patch(path, json={"push_mode": "off"})
    assert (ended.status_code, ended.json()["push_mode"]) == (200, "off")


async def test_steps_that_no_machine_sees_are_confirmed_by_whom_they_concern(service: Running):
    operator = await service.operator()
    boss = await service.colleague(operator, Role.OPERATOR_ADMIN)
    admin = await service.staff(Role.ADMIN)
    path = f"/v1/space-track/organizations/{operator.organization_id}/steps/"

    confirmed = await boss.client.put(path + "email-alerts-off", json={"confirmed": True})
    assert confirmed.status_code == 200, confirmed.text
    assert states(confirmed.json())["email-alerts-off"] == "good"
    taken_back = await boss.client.put(path + "email-alerts-off", json={"confirmed": False})
    assert states(taken_back.json())["email-alerts-off"] == "missing"
    refused = await boss.client.put(path + "finished-by-administrator", json={"confirmed": True})
    assert (refused.status_code, refused.json()["code"]) == (404, "no-such-step")
    finished = await admin.client.put(path + "finished-by-administrator", json={"confirmed": True})
    assert states(finished.json())["finished-by-administrator"] == "good"
    assert (await admin.client.put(path + "last-pull", json={"confirmed": True})).status_code == 404


async def test_an_account_goes_in_and_its_secrets_never_come_out(service: Running):
    admin = await service.staff(Role.ADMIN)
    body = {"name": "service", "identity": IDENTITY, "password": PASSWORD, "base_url": "http://127.0.0.1:9"}
    made = await admin.client.post("/v1/space-track/accounts", json=body)
    assert made.status_code == 201, made.text
    again = await admin.client.post("/v1/space-track/accounts", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "space-track-account-exists")
    wrong = await admin.client.post("/v1/space-track/accounts", json=body | {"password": PASSWORD * 20})
    assert wrong.status_code == 422

    path = f"/v1/space-track/accounts/{made.json()['id']}"
    changed = await admin.client.put(path + "/password", json={"password": "another " + PASSWORD})
    resumed = await admin.client.post(path + "/resume")
    asked = await admin.client.post(path + "/sync/satellite")
    assert (changed.status_code, resumed.status_code, asked.status_code) == (200, 200, 202)
    assert (await admin.client.post(path + "/sync/cdm")).status_code == 404
    listed = await admin.client.get("/v1/space-track/accounts")
    requests = await admin.client.get(path + "/requests")
    for answer in (made, again, wrong, changed, resumed, asked, listed, requests):
        assert PASSWORD not in answer.text
        assert IDENTITY not in answer.text
    assert listed.json()["items"][0]["budget"] == {"left_this_minute": 25, "left_this_hour": 250}


async def test_the_gateways_own_work_fills_the_checklist(station: Station):
    await station.consent()
    await station.run(timedelta(minutes=5))
    async with station.ctx.store.read() as session:
        organization = await session.get_one(Organization, station.aurora.id)
        found = await inspect(session, organization, station.settings, station.clock.now(), is_replay=False)
    good = {item.code for item in found.items if item.state == "good"}
    assert good >= {"our-account", "sharing-agreement", "our-address-added", "folder-grant", "access-confirmed"}
    assert good >= {"last-pull", "metadata", "push-consent", "budget"}
    assert [satellite.norad_cat_id for satellite in found.satellites] == [90001, 90002]
    assert {item.code: item.evidence for item in found.satellites[0].items}["hard-body-radius"] == "3.5 m"


async def test_a_held_file_is_released_and_a_sent_one_deleted_by_its_owner_alone(service: Running):
    operator = await service.operator(satellites=[90001])
    boss, admin = await service.colleague(operator, Role.OPERATOR_ADMIN), await service.staff(Role.ADMIN)
    stranger = await service.colleague(await service.operator("Stranger"), Role.OPERATOR_ADMIN)
    store = service.context.store
    async with store.read() as session:
        organization = await session.get_one(Organization, operator.organization_id)
    document = rows.document(organization)
    ephemeris = rows.ephemeris(document, 90001)
    submission = rows.submission(ephemeris)
    await rows.add(store, document, ephemeris, submission)
    place = f"/v1/submissions/{submission.id}"

    assert (await stranger.client.post(f"{place}/release")).status_code == 404
    assert (await admin.client.post(f"{place}/release")).status_code == 403
    released = await boss.client.post(f"{place}/release")
    assert released.status_code == 202, released.text
    assert "waits-for-release" not in {reason["code"] for reason in released.json()["reasons"]}
    nothing = await boss.client.delete(place)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing-to-delete")
    async with store.write(ADMIN) as unit:
        row = await unit.session.get_one(Submission, submission.id)
        row.state, row.remote_file_id = "present", 17
    deleting = await boss.client.delete(place)
    assert (deleting.status_code, deleting.json()["state"]) == (202, "deleting")
    (listed,) = (await operator.client.get("/v1/submissions")).json()["items"]
    assert (listed["state"], listed["remote_file_id"], listed["kind"]) == ("deleting", 17, "ephemeris")


async def test_what_lies_in_the_folder_is_listed_for_its_organization_alone(service: Running):
    operator, stranger = await service.operator(satellites=[90001]), await service.operator("Stranger")
    account = {"name": "service", "identity": "a", "password": "b", "base_url": "http://127.0.0.1:9"}
    made = (await (await service.staff(Role.ADMIN)).client.post("/v1/space-track/accounts", json=account)).json()
    async with service.context.store.write(ADMIN) as unit:
        for number in (7, 8, 9):
            await writes.put_file(
                unit,
                made["id"],
                number,
                organization_id=operator.organization_id,
                folder_id=1,
                file_name=f"{number}.txt",
                size_bytes=10,
                uploaded_at=None,
                origin="unread",
                gone_at=unit.now if number == 8 else None,
            )
    place = f"/v1/space-track/organizations/{operator.organization_id}/files"
    first = (await operator.client.get(place, params={"limit": 1})).json()
    second = (await operator.client.get(place, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [each["file_id"] for each in (*first["items"], *second["items"])] == [9, 7]
    assert second["next_cursor"] is None
    assert (await stranger.client.get(place)).status_code == 404
