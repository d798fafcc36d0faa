"""What the API answers about screenings: asked for, under way, and what came of them."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update
from support import rows
from support.api_world import World, add_run, get

from assessment.approach_columns import CSV_COLUMNS, ApproachColumns, write_approaches
from ingest_api.queries.screening_models import ScreeningOut
from ingest_api.queries.screenings import progress_of
from records.identity.visibility import Viewer
from records.screening.tables import CoverageException, ScreeningRun
from servicekit.store import Actor
from servicekit.store.plumbing import OutboxRow


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
    run = await add_run(world, approaches_key="screenings/x/approaches.parquet", approach_count=5)
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
    run = await add_run(world, state="running", approach_count=None)
    assert (await get(world.north, f"/v1/screenings/{run.id}/approaches"))["items"] == []
    as_csv = await world.north.client.get(f"/v1/screenings/{run.id}/approaches", headers={"Accept": "text/csv"})
    assert as_csv.text == ",".join(CSV_COLUMNS) + "\n"


async def test_coverage_says_what_was_not_screened_and_why(world: World) -> None:
    run = await add_run(world, known_pair_approach_count=4)
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
    run = await add_run(world, state="running", tasks_done=0, task_count=2)
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
