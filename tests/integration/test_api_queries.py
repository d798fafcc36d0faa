"""What the API answers about screenings, conjunctions, CDMs and mails, and to whom."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from sqlalchemy import select, update
from support import rows
from support.service import Caller, Running, running

from assessment.approach_columns import CSV_COLUMNS, ApproachColumns, write_approaches
from ingest_api.module import MODULE
from ingest_api.queries.screening_models import ScreeningOut
from ingest_api.queries.screenings import progress_of
from records.identity.permissions import Role
from records.identity.tables import Organization
from records.identity.visibility import Viewer
from records.notifier.tables import Notification
from records.screening.tables import Cdm, ConjunctionEvent, CoverageException, ScreeningRun
from servicekit.ids import new_id
from servicekit.store import Actor
from servicekit.store.plumbing import OutboxRow

KVN = b"CCSDS_CDM_VERS = 1.0\n"


class World(NamedTuple):
    """Two operators that share an event, a third that has no part in it, and an analyst."""

    service: Running
    north: Caller
    south: Caller
    east: Caller
    analyst: Caller
    shared: ConjunctionEvent
    message: Cdm


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with running([MODULE], tmp_path) as service:
        north = await service.operator("Northern Orbits", satellites=[44391])
        south = await service.operator("Southern Orbits", satellites=[55555])
        east = await service.operator("Eastern Orbits", satellites=[66666])
        event = rows.conjunction_event(
            44391, 55555, organization_id_low=north.organization_id, organization_id_high=south.organization_id
        )
        async with service.context.store.read() as session:
            owner = await session.get_one(Organization, north.organization_id)
        message = rows.cdm(
            owner,
            event,
            44391,
            55555,
            organization_id_1=north.organization_id,
            organization_id_2=south.organization_id,
        )
        await rows.add(service.context.store, event, message)
        await service.context.objects.put(message.object_key, KVN)
        analyst = await service.staff(Role.ANALYST)
        yield World(service, north, south, east, analyst, event, message)


async def get(caller: Caller, path: str, **parameters: Any) -> Any:
    response = await caller.client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


async def test_both_sides_of_an_event_and_staff_see_it_and_nobody_else(world: World) -> None:
    paths = [
        f"/v1/conjunctions/{world.shared.id}",
        f"/v1/conjunctions/{world.shared.id}/cdms",
        f"/v1/conjunctions/{world.shared.id}/history",
        f"/v1/cdms/{world.message.id}",
        "/v1/satellites/44391",
        "/v1/satellites/55555",
    ]
    for caller in (world.north, world.south, world.analyst):
        for path in paths:
            await get(caller, path)
        assert [event["id"] for event in (await get(caller, "/v1/conjunctions"))["items"]] == [world.shared.id]
        assert [message["id"] for message in (await get(caller, "/v1/cdms"))["items"]] == [world.message.id]
    for path in paths:
        assert (await world.east.client.get(path)).status_code == 404, path
    for path in ("/v1/conjunctions", "/v1/cdms"):
        assert (await get(world.east, path))["items"] == []
    seen = (await get(world.north, "/v1/satellites"))["items"]
    assert [satellite["norad_cat_id"] for satellite in seen] == [44391, 55555]


async def test_the_other_object_of_an_event_has_a_name_even_without_a_record(world: World) -> None:
    event = rows.conjunction_event(
        11111, 44391, organization_id_high=world.north.organization_id, object_name_low="COSMOS DEB"
    )
    await rows.add(world.service.context.store, event)
    shown = await get(world.north, "/v1/satellites/11111")
    assert shown["facts"]["name"]["value"] == "COSMOS DEB"
    assert (await world.south.client.get("/v1/satellites/11111")).status_code == 404


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["near", "far"]),
        ({"norad_cat_id": 77777}, ["far"]),
        ({"tca_from": "2024-09-20T00:00:00Z"}, ["far"]),
        ({"tca_to": "2024-09-20T00:00:00+02:00"}, ["near"]),
        ({"minimum_probability": 1e-4}, ["near"]),
        ({"minimum_probability": 1e-12}, ["near"]),
        ({"maximum_miss_distance_m": 200}, ["near"]),
        ({"state": "passed"}, ["far"]),
        ({"level": "emergency"}, ["near"]),
    ],
)
async def test_conjunctions_are_filtered(world: World, filters: dict[str, Any], expected: list[str]) -> None:
    far = rows.conjunction_event(
        44391,
        77777,
        organization_id_low=world.north.organization_id,
        tca=rows.NOON + timedelta(days=4),
        miss_distance_m=4000.0,
        collision_probability=None,
        state="passed",
        level="reportable",
    )
    await rows.add(world.service.context.store, far)
    names = {world.shared.id: "near", far.id: "far"}
    assert [
        names[event["id"]] for event in (await get(world.north, "/v1/conjunctions", **filters))["items"]
    ] == expected


async def test_a_time_without_a_zone_and_a_span_that_ends_first_are_refused(world: World) -> None:
    for filters in (
        {"tca_from": "2024-09-20T00:00:00"},
        {"tca_from": "2024-09-20"},
        {"tca_from": "2024-09-20T00:00:00Z", "tca_to": "2024-09-19T00:00:00Z"},
    ):
        response = await world.north.client.get("/v1/conjunctions", params=filters)
        assert (response.status_code, response.json()["code"]) == (422, "invalid-request"), filters


async def test_the_history_is_that_of_the_event(world: World) -> None:
    entry = {
        "cdm_id": world.message.id,
        "originator": "FAIRWAY",
        "creation_date": "2024-09-17T12:00:00+00:00",
        "tca": "2024-09-18T18:00:00+00:00",
        "miss_distance_m": 123.4,
        "collision_probability": None,
        "level": "emergency",
    }
    async with world.service.context.store.write(Actor("system", "test")) as unit:
        await unit.session.execute(
            update(ConjunctionEvent).where(ConjunctionEvent.id == world.shared.id).values(history=[entry])
        )
    (shown,) = (await get(world.south, f"/v1/conjunctions/{world.shared.id}/history"))["items"]
    assert (shown["tca"], shown["collision_probability"]) == ("2024-09-18T18:00:00Z", None)


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/x-ccsds-kvn", "application/x-ccsds-kvn"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/*", "text/plain; charset=utf-8"),
        ("application/xml;q=1, text/plain;q=0.5", "text/plain; charset=utf-8"),
        ("application/json;q=0.2, application/x-ccsds-kvn", "application/x-ccsds-kvn"),
    ],
)
async def test_a_cdm_comes_in_the_form_that_is_asked_for(world: World, accept: str | None, media_type: str) -> None:
    headers = {} if accept is None else {"Accept": accept}
    response = await world.north.client.get(f"/v1/cdms/{world.message.id}", headers=headers)
    assert response.headers["content-type"] == media_type
    if media_type != "application/json":
        assert response.content == KVN
    else:
        assert response.json()["miss_distance_m"] == world.message.miss_distance_m


@pytest.mark.parametrize("accept", ["application/json", "text/plain"])
async def test_a_single_thing_that_the_caller_has_is_not_sent_again(world: World, accept: str) -> None:
    run = await _run(world)
    for place in (f"cdms/{world.message.id}", f"conjunctions/{world.shared.id}", f"screenings/{run.id}"):
        first = await world.north.client.get(f"/v1/{place}", headers={"Accept": accept})
        conditional = {"Accept": accept, "If-None-Match": first.headers["etag"]}
        again = await world.north.client.get(f"/v1/{place}", headers=conditional)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    async with world.service.context.store.write(Actor("system", "test")) as unit:
        change = update(ConjunctionEvent).where(ConjunctionEvent.id == world.shared.id).values(cdm_count=7)
        await unit.session.execute(change)
    place = f"/v1/conjunctions/{world.shared.id}"
    first = await world.north.client.get(place)
    assert first.json()["cdm_count"] == 7
    stale = await world.north.client.get(place, headers={"If-None-Match": '"of another state"'})
    assert stale.status_code == 200


async def test_the_forms_of_a_cdm_have_tags_of_their_own(world: World) -> None:
    place = f"/v1/cdms/{world.message.id}"
    forms = [
        await world.north.client.get(place, headers={"Accept": each}) for each in ("application/json", "text/plain")
    ]
    assert forms[0].headers["etag"] != forms[1].headers["etag"]
    assert [each.headers["vary"] for each in forms] == ["Accept", "Accept"]


@pytest.mark.parametrize("accept", ["application/xml", "text/plain;q=0, image/png"])
async def test_a_form_that_there_is_not_answers_406_and_names_what_there_is(world: World, accept: str) -> None:
    response = await world.north.client.get(f"/v1/cdms/{world.message.id}", headers={"Accept": accept})
    assert (response.status_code, response.json()["code"]) == (406, "cdm-format-unavailable")
    assert "application/x-ccsds-kvn" in response.json()["detail"]


async def _run(world: World, **values: Any) -> ScreeningRun:
    async with world.service.context.store.read() as session:
        owner = await session.get_one(Organization, world.north.organization_id)
    run = rows.screening_run(owner, **values)
    await rows.add(world.service.context.store, run)
    return run


def _columns(count: int) -> ApproachColumns:
    steps = np.arange(count)
    none = np.full(count, None, dtype=np.object_)
    tai_ns = 1_726_574_437_000_000_000 + steps * 1_000_000_000
    return ApproachColumns(
        norad_cat_id_1=np.full(count, 44391),
        norad_cat_id_2=50_000 + steps,
        designator_1=none,
        designator_2=none,
        tca_tai_ns=tai_ns,
        miss_distance_m=steps * 10.0,
        relative_speed_m_s=np.full(count, 14_000.0),
        radial_m=steps * 1.0,
        in_track_m=steps * 2.0,
        cross_track_m=steps * 3.0,
        kind=np.full(count, "approach", dtype=np.object_),
        from_tai_ns=tai_ns,
        to_tai_ns=tai_ns,
    )


async def test_approaches_come_as_pages_and_as_csv_with_the_columns_of_screen(world: World) -> None:
    run = await _run(world, approaches_key="screenings/x/approaches.parquet", approach_count=5)
    await world.service.context.objects.put("screenings/x/approaches.parquet", write_approaches(_columns(5)))
    place = f"/v1/screenings/{run.id}/approaches"
    first = await get(world.north, place, limit=3)
    second = await get(world.north, place, limit=3, cursor=first["next_cursor"])
    assert [row["norad_cat_id_2"] for row in first["items"] + second["items"]] == [50_000 + step for step in range(5)]
    assert second["next_cursor"] is None
    assert first["items"][0]["tca"].startswith("2024-09-17T")
    near = await get(world.north, place, maximum_miss_distance_m=10, norad_cat_id=50_001)
    assert [row["miss_distance_m"] for row in near["items"]] == [10.0]
    response = await world.north.client.get(place, headers={"Accept": "text/csv"})
    heading, *lines = list(csv.reader(io.StringIO(response.text)))
    assert heading == list(CSV_COLUMNS)
    assert [line[1] for line in lines] == [str(50_000 + step) for step in range(5)]
    assert (await world.south.client.get(place)).status_code == 404


async def test_a_run_that_is_not_completed_has_no_approaches_yet(world: World) -> None:
    run = await _run(world, state="running", approach_count=None)
    assert (await get(world.north, f"/v1/screenings/{run.id}/approaches"))["items"] == []
    as_csv = await world.north.client.get(f"/v1/screenings/{run.id}/approaches", headers={"Accept": "text/csv"})
    assert as_csv.text == ",".join(CSV_COLUMNS) + "\n"


async def test_coverage_says_what_was_not_screened_and_why(world: World) -> None:
    run = await _run(world, known_pair_approach_count=4)
    gaps = [
        CoverageException(
            run_id=run.id,
            ordinal=ordinal,
            norad_cat_id=90_000 + ordinal,
            designator=None,
            reason="decayed" if ordinal else "element-set-too-old",
            from_time=rows.NOON,
            to_time=rows.NOON + timedelta(days=3),
        )
        for ordinal in range(3)
    ]
    await rows.add(world.service.context.store, *gaps)
    place = f"/v1/screenings/{run.id}/coverage"
    first = await get(world.north, place, limit=2)
    assert (first["screened_count"], first["exception_counts"]["decayed"]) == (24_990, 7)
    shown = await get(world.north, f"/v1/screenings/{run.id}")
    assert first["known_pair_approach_count"] == shown["known_pair_approach_count"] == 4
    rest = await get(world.north, place, limit=2, cursor=first["next_cursor"])
    assert [gap["norad_cat_id"] for gap in first["items"] + rest["items"]] == [90_000, 90_001, 90_002]
    narrowed = await get(world.north, place, reason="element-set-too-old")
    assert [gap["norad_cat_id"] for gap in narrowed["items"]] == [90_000]


async def test_a_screening_that_is_asked_for_is_there_at_once(world: World) -> None:
    asked = {"norad_cat_id": 44391, "against": "catalogue", "hours": 24, "volume": "sphere:5"}
    response = await world.north.client.post("/v1/screenings", json=asked)
    assert response.status_code == 202, response.text
    place = response.headers["location"]
    stands = await get(world.north, place)
    assert stands == response.json()
    assert (stands["state"], stands["request"], stands["volume"]) == ("requested", asked | {"all": False}, "sphere:5")
    assert (await get(world.analyst, place))["state"] == "requested"
    assert (await world.south.client.get(place)).status_code == 404
    assert (await get(world.north, f"{place}/coverage"))["items"] == []
    assert (await get(world.north, f"{place}/approaches"))["items"] == []
    async with world.service.context.store.read() as session:
        event = (await session.scalars(select(OutboxRow).where(OutboxRow.topic == "screening.requested.v1"))).one()
    assert (event.payload["run_id"], event.payload["request"]) == (stands["id"], stands["request"])
    assert event.payload["organization_id"] == world.north.organization_id
    (change,) = (await get(world.north, "/v1/changes"))["items"]
    assert (change["kind"], change["subject_id"]) == ("screening.requested", stands["id"])
    await rows.add(world.service.context.store, rows.screening_run(None, id=stands["id"], state="running"))
    assert (await get(world.analyst, place))["state"] == "running"


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({}, 422, "screening-request-invalid"),
        ({"norad_cat_id": 44391, "all": True}, 422, "screening-request-invalid"),
        ({"norad_cat_id": 44391, "volume": "cube:5"}, 422, "screening-request-invalid"),
        ({"norad_cat_id": 44391, "volume": "sphere:-5"}, 422, "screening-request-invalid"),
        ({"norad_cat_id": 44391, "hours": 0}, 422, "invalid-request"),
        ({"norad_cat_id": 44391, "hours": "24"}, 422, "invalid-request"),
        ({"norad_cat_id": 44391, "start": "2024-09-17"}, 422, "invalid-request"),
        ({"norad_cat_id": 44391, "against": []}, 422, "invalid-request"),
        ({"norad_cat_id": 44391, "colour": "red"}, 422, "invalid-request"),
        ({"all": True}, 403, "forbidden"),
        ({"norad_cat_id": 66666}, 404, "satellite-not-found"),
        ({"norad_cat_id": 55555}, 403, "forbidden"),
        ({"ephemeris_id": "0192f7c2-6f2b-7c1e-9d3a-5b1f0c9a7e11"}, 404, "ephemeris-not-found"),
    ],
)
async def test_what_cannot_be_screened_is_said_at_once(
    world: World, asked: dict[str, Any], status: int, code: str
) -> None:
    response = await world.north.client.post("/v1/screenings", json=asked)
    assert (response.status_code, response.json()["code"]) == (status, code), response.text


async def test_progress_is_told_until_the_end(world: World) -> None:
    run = await _run(world, state="running", tasks_done=0, task_count=2)
    stands = ScreeningOut.model_validate(await get(world.north, f"/v1/screenings/{run.id}"))
    viewer = Viewer(world.north.organization_id, is_staff=False)
    steps: list[dict[str, Any]] = [{"tasks_done": 1}, {"tasks_done": 2, "state": "completed", "row_version": 4}]
    told = []
    async for event in progress_of(world.service.context, viewer, stands):
        told.append((event.event, event.data.tasks_done))
        if steps:
            async with world.service.context.store.write(Actor("system", "test")) as unit:
                await unit.session.execute(update(ScreeningRun).where(ScreeningRun.id == run.id).values(**steps.pop(0)))
    assert told == [("progress", 0), ("progress", 1), ("end", 2)]
    response = await world.north.client.get(f"/v1/screenings/{run.id}/progress")
    assert response.headers["content-type"].startswith("text/event-stream")
    (block,) = [block for block in response.text.split("\n\n") if "event:" in block]
    assert "event: end\n" in block
    assert json.loads(block.split("data: ")[1])["tasks_done"] == 2


async def test_the_change_feed_goes_on_from_its_token_and_waits_when_asked_to(world: World) -> None:
    latest = await get(world.north, "/v1/changes", after="latest")
    assert latest["items"] == []
    waiting = asyncio.create_task(
        world.north.client.get("/v1/changes", params={"after": latest["next_token"]}, headers={"Prefer": "wait=20"})
    )
    await asyncio.sleep(0)
    headers = {"X-File-Name": "a.oem", "Content-Type": "text/plain"}
    for caller in (world.south, world.north):
        await caller.client.post("/v1/documents", content=b"x", headers=headers)
    page = (await waiting).json()
    assert [item["kind"] for item in page["items"]] == ["document.received"]
    assert (await get(world.north, "/v1/changes", after=page["next_token"]))["items"] == []
    again = await get(world.north, "/v1/changes", after=latest["next_token"], kind="document.received")
    assert again["items"] == page["items"]
    wrong = await world.north.client.get("/v1/changes", params={"after": "nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid-cursor")


async def test_mails_are_read_by_the_organization_that_they_went_to(world: World) -> None:
    def mail(organization_id: str | None) -> Notification:
        mail_id = new_id()
        return Notification(
            id=mail_id,
            kind="close-approach",
            subject_id=world.shared.id,
            occasion=mail_id,
            recipient="ops@north.example",
            organization_id=organization_id,
            message_id=f"<{mail_id}@fairway>",
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

    own, internal = mail(world.north.organization_id), mail(None)
    await rows.add(world.service.context.store, own, internal)
    assert [each["id"] for each in (await get(world.north, "/v1/notifications"))["items"]] == [own.id]
    assert len((await get(world.analyst, "/v1/notifications"))["items"]) == 2
    assert (await get(world.north, f"/v1/notifications/{own.id}"))["mail_text"] == "Close approach of 44391"
    for caller, mail_id in ((world.south, own.id), (world.north, internal.id)):
        assert (await caller.client.get(f"/v1/notifications/{mail_id}")).status_code == 404


async def test_an_unknown_parameter_is_refused_and_the_known_ones_are_named(world: World) -> None:
    response = await world.north.client.get("/v1/conjunctions", params={"min_probability": 1})
    assert (response.status_code, response.json()["code"]) == (422, "unknown-parameter")
    assert "minimum_probability" in response.json()["known"]
