"""From a maneuver notification to a maneuver with its history, for its owner, analysts, and all where it is public."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support import rows
from support.service import Caller, Running, running

from ingest_api.module import MODULE as INGEST_API
from records.identity.permissions import Role
from records.identity.tables import Organization
from validator.module import MODULE as VALIDATOR

NUMBER = 44391
EPHEMERIS = "MEME_44391_NORTH1_2611200_special_burn7_unclassified.oem"
NOTIFICATION = """CCSDS_OPM_VERS = 2.0
CREATION_DATE = {created}
ORIGINATOR = NORTH
USER_DEFINED_RELEASABILITY = {release}
USER_DEFINED_CLASSIFICATION = UNCLASSIFIED
OBJECT_NAME = NORTH 1
USER_DEFINED_NORAD_CAT_ID = 44391
CENTER_NAME = EARTH
TIME_SYSTEM = UTC
MAN_EPOCH_IGNITION = 2024-09-18T10:00:00.000
MAN_DURATION = 12.5
MAN_REF_FRAME = RTN
MAN_DV_1 = 0.0
MAN_DV_2 = 0.0003
MAN_DV_3 = 0.0004
USER_DEFINED_MAN_ID = PLAN-7
USER_DEFINED_EPHEM = {ephemeris}
USER_DEFINED_MAN_PURPOSE = COLA
USER_DEFINED_TCA = 2024-09-19T04:05:06.000
USER_DEFINED_MAN_STATUS = {status}
"""


def notification(status: str = "PREDICTED", hour: int = 8, release: str = "PRIVATE") -> bytes:
    created = f"2024-09-17T{hour:02}:00:00"
    return NOTIFICATION.format(created=created, release=release, status=status, ephemeris=EPHEMERIS).encode()


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with running([INGEST_API, VALIDATOR], tmp_path) as service:
        yield service


async def upload(caller: Caller, content: bytes, name: str = "NORTH_1_burn.opm") -> dict[str, object]:
    answer = await caller.client.post(
        "/v1/documents", content=content, headers={"X-File-Name": name, "Prefer": "wait=20"}
    )
    assert answer.status_code == 200, answer.text
    body: dict[str, object] = answer.json()
    return body


async def maneuvers(caller: Caller, **which: object) -> list[dict[str, object]]:
    answer = await caller.client.get("/v1/maneuvers", params=which)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


async def test_a_notification_becomes_a_maneuver_of_its_satellite(service: Running) -> None:
    north = await service.operator("North", satellites=[NUMBER])
    document = await upload(north, notification())
    assert document["status"] == "accepted"
    (burn,) = await maneuvers(north, norad_cat_id=NUMBER, status="PREDICTED", purpose="COLA")
    assert (burn["man_id"], burn["is_public"], burn["duration_s"]) == ("PLAN-7", False, 12.5)
    assert burn["dv_overall_km_s"] == pytest.approx(0.0005)
    assert datetime.fromisoformat(str(burn["epoch_ignition"])) == datetime(2024, 9, 18, 10, tzinfo=UTC)
    assert not await maneuvers(north, status="CANCELLED")
    assert not await maneuvers(north, not_before="2024-09-18T10:00:01Z")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)], ids=["as they were made", "the newest first"])
async def test_predicted_then_cancelled_is_one_maneuver_with_its_history(
    service: Running, order: tuple[int, ...]
) -> None:
    north = await service.operator("North", satellites=[NUMBER])
    stages = [("PREDICTED", 8), ("DETERMINED", 9), ("CANCELLED", 10)]
    for index in order:
        status, hour = stages[index]
        await upload(north, notification(status, hour), f"NORTH_{index}.opm")
    (burn,) = await maneuvers(north)
    assert burn["status"] == "CANCELLED"
    whole = (await north.client.get(f"/v1/maneuvers/{burn['id']}")).json()
    assert [each["status"] for each in whole["history"]] == ["PREDICTED", "DETERMINED", "CANCELLED"]
    assert whole["history"][0]["said"]["purpose"] == "COLA"


async def test_the_ephemeris_and_the_event_that_it_names_are_found(service: Running) -> None:
    north = await service.operator("North", satellites=[NUMBER])
    store = service.context.store
    async with store.read() as session:
        owner = await session.get_one(Organization, north.organization_id)
    paper = rows.document(owner, EPHEMERIS)
    ephemeris = rows.ephemeris(paper, NUMBER, file_name=EPHEMERIS)
    tca = datetime(2024, 9, 19, 4, 5, 16, tzinfo=UTC)
    event = rows.conjunction_event(NUMBER, 66666, organization_id_low=owner.id, tca=tca)
    later = rows.conjunction_event(NUMBER, 77777, organization_id_low=owner.id, tca=tca + timedelta(hours=1))
    await rows.add(store, paper, ephemeris, event, later)
    await upload(north, notification())
    (burn,) = await maneuvers(north)
    whole = (await north.client.get(f"/v1/maneuvers/{burn['id']}")).json()
    assert (whole["ephemeris_id"], whole["conjunction_id"]) == (ephemeris.id, event.id)


@pytest.mark.parametrize(("release", "seen"), [("PRIVATE", 0), ("PUBLIC", 1)])
async def test_others_see_what_is_public_and_analysts_see_all(service: Running, release: str, seen: int) -> None:
    north = await service.operator("North", satellites=[NUMBER])
    south = await service.operator("South")
    analyst = await service.operator("Operations", role=Role.ANALYST, is_operations=True)
    await upload(north, notification(release=release))
    (burn,) = await maneuvers(analyst)
    assert len(await maneuvers(south)) == seen
    answer = await south.client.get(f"/v1/maneuvers/{burn['id']}")
    assert answer.status_code == (200 if seen else 404)
    if seen:
        assert (answer.json()["ephemeris_id"], answer.json()["conjunction_id"]) == (None, None)


def without(keyword: str) -> Callable[[bytes], bytes]:
    return lambda data: b"\n".join(line for line in data.split(b"\n") if not line.startswith(keyword.encode()))


async def test_a_notification_that_lacks_its_purpose_is_stored_and_says_so(service: Running) -> None:
    north = await service.operator("North", satellites=[NUMBER])
    document = await upload(north, without("USER_DEFINED_MAN_PURPOSE")(notification()))
    assert document["status"] == "accepted"
    verdict = (await north.client.get(f"/v1/documents/{document['id']}")).json()["verdict"]
    found = {finding["rule"]: finding["severity"] for finding in verdict["findings"]}
    assert (found["SVC-016"], found["MAN-006"]) == ("warning", "warning")
    assert not await maneuvers(north)


async def test_a_notification_without_identifier_is_a_maneuver_of_its_own(service: Running) -> None:
    north = await service.operator("North", satellites=[NUMBER])
    nameless = without("USER_DEFINED_MAN_ID")
    await upload(north, nameless(notification(hour=8)), "NORTH_1.opm")
    await upload(north, nameless(notification(hour=9)), "NORTH_2.opm")
    assert len(await maneuvers(north)) == 2


async def test_a_notification_about_another_s_satellite_is_refused(service: Running) -> None:
    await service.operator("South", satellites=[NUMBER])
    north = await service.operator("North", satellites=[NUMBER + 1])
    document = await upload(north, notification())
    assert document["status"] == "rejected"
    assert not await maneuvers(north)


async def test_withdrawing_a_notification_takes_back_what_it_said(service: Running) -> None:
    north = await service.operator("North", satellites=[NUMBER])
    predicted = await upload(north, notification("PREDICTED", 8), "NORTH_1.opm")
    determined = await upload(north, notification("DETERMINED", 9), "NORTH_2.opm")

    async def status() -> object:
        (burn,) = await maneuvers(north)
        return burn["status"]

    assert (await north.client.delete(f"/v1/documents/{determined['id']}")).status_code == 204
    assert await status() == "PREDICTED"
    assert (await north.client.delete(f"/v1/documents/{predicted['id']}")).status_code == 204
    assert await status() == "WITHDRAWN"
    assert len(await maneuvers(north, status="WITHDRAWN")) == 1
    assert (await north.client.post(f"/v1/documents/{predicted['id']}/restore")).is_success
    assert await status() == "PREDICTED"
    await upload(north, notification("CANCELLED", 10), "NORTH_3.opm")
    assert await status() == "CANCELLED"
    (burn,) = await maneuvers(north)
    history = (await north.client.get(f"/v1/maneuvers/{burn['id']}")).json()["history"]
    assert [each["status"] for each in history] == ["PREDICTED", "DETERMINED", "CANCELLED"]
