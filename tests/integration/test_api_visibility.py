"""What one may not see is not there: every route that names something of another organization answers 404."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest
from support import rows
from support.service import Caller, Running, running

from ingest_api.module import MODULE
from records.identity.permissions import ROLE_PERMISSIONS, Role
from records.identity.tables import Organization
from records.notifier.tables import Notification
from servicekit.http import route_access
from servicekit.ids import new_id

STAFFS = {
    "/v1/dead-letters/{event_id}/{consumer}",
    "/v1/dead-letters/{event_id}/{consumer}/replay",
    "/v1/known-pairs/{known_pair_id}",
}
FOR_ALL = {
    "/v1/catalogues/{catalogue_id}",
    "/v1/organizations/{organization_id}/space-track",  # leads to an address that decides
}


class Owned(NamedTuple):
    """Something of each kind that belongs to one organization, by the names that addresses have for it."""

    service: Running
    owner: Caller
    other: Caller
    names: dict[str, str]


@pytest.fixture
async def owned(tmp_path: Path) -> AsyncIterator[Owned]:
    async with running([MODULE], tmp_path) as service:
        owner = await service.operator("Northern Orbits", satellites=[44391])
        other = await service.operator("Southern Orbits", satellites=[55555])
        keepers = [await service.colleague(each, Role.OPERATOR_ADMIN) for each in (owner, other)]
        store, objects = service.context.store, service.context.objects
        async with store.read() as session:
            north = await session.get_one(Organization, owner.organization_id)
        paper = rows.document(north, "north.oem")
        ephemeris = rows.ephemeris(paper, 44391)
        burn = rows.maneuver(paper, 44391)
        event = rows.conjunction_event(44391, 66666, organization_id_low=north.id)
        message = rows.cdm(north, event, 44391, 66666, organization_id_1=north.id)
        run = rows.screening_run(north, state="refused")
        mail = Notification(
            id=new_id(),
            kind="close-approach",
            subject_id=event.id,
            occasion="first",
            recipient="ops@north.example",
            organization_id=north.id,
            message_id="<1@fairway>",
            mail_subject="Close approach",
            mail_text="Close approach of 44391",
            mail_html=None,
            reason="emergency",
            state="sent",
            attempts=1,
            due_at=rows.NOON,
            error=None,
            created_at=rows.NOON,
            sent_at=rows.NOON,
        )
        await rows.add(store, paper, ephemeris, burn, event, message, run, mail)
        for key in (paper.object_key, message.object_key):
            await objects.put(key, b"CCSDS_CDM_VERS = 1.0\n")
        body = {"organization_id": owner.organization_id, "name": "t", "role": "operator"}
        token = (await keepers[0].client.post("/v1/tokens", json=body)).json()
        names = {
            "document_id": paper.id,
            "ephemeris_id": ephemeris.id,
            "maneuver_id": burn.id,
            "norad_cat_id": "44391",
            "screening_id": run.id,
            "event_id": event.id,
            "cdm_id": message.id,
            "notification_id": mail.id,
            "organization_id": north.id,
            "token_id": token["id"],
            "user_id": new_id(),
        }
        yield Owned(service, keepers[0], keepers[1], names)


async def test_nothing_of_another_organization_is_there(owned: Owned) -> None:
    walked = [
        route
        for route in route_access(owned.service.app)
        if "{" in route.path and route.path.startswith("/v1/") and route.path not in STAFFS | FOR_ALL
    ]
    assert len(walked) > 20
    read = 0
    for route in walked:
        if route.method not in {"GET", "DELETE", "POST", "PATCH"}:
            continue
        address = route.path.format(**owned.names)
        body = {"close_approach_addresses": []} if route.method == "PATCH" else None
        answer = await owned.other.client.request(route.method, address, json=body)
        absent = {403, 404} if route.access not in ROLE_PERMISSIONS[Role.OPERATOR_ADMIN] else {404}
        assert answer.status_code in absent, f"{route.method} {address}: {answer.status_code} {answer.text[:200]}"
        if route.method == "GET" and answer.status_code == 404:
            seen = await owned.owner.client.get(address)
            assert seen.status_code in {200, 409}, f"{address} is there for its owner: {seen.text[:200]}"
            read += 1
    assert read >= 13
