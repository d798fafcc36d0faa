"""A screening slice by slice and the workers, as the API shows them to those who may see them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from support.embedded import NOON
from support.rows import add, organization, screening_run
from support.service import Running, running

from astrodynamics.timescales import from_datetime
from ingest_api.module import MODULE
from records.identity.permissions import Role
from records.screening.tables import ScreeningTask, ScreeningWorker
from servicekit.ids import new_id

HOUR_NS = 3_600_000_000_000
SECOND = timedelta(seconds=1)


def task(run_id: str, ordinal: int, **values: object) -> ScreeningTask:
    start = from_datetime(NOON) + ordinal * HOUR_NS
    given = {"state": "waiting", "emitted_at": NOON, "start_tai_ns": start, "stop_tai_ns": start + HOUR_NS}
    return ScreeningTask(id=new_id(), run_id=run_id, ordinal=ordinal, emissions=1, **(given | values))


def done(run_id: str, ordinal: int, *, waited_s: int, wall_s: float) -> ScreeningTask:
    return task(
        run_id,
        ordinal,
        state="done",
        worker=f"pod-{ordinal % 2}",
        taken_at=NOON + waited_s * SECOND,
        done_at=NOON + (waited_s + wall_s) * SECOND,
        cpu_s=2.0 * wall_s,
        wall_s=wall_s,
        peak_memory_bytes=(ordinal + 1) * 2**20,
        approach_count=7,
    )


def worker(name: str, now: object, **values: object) -> ScreeningWorker:
    given = {
        "state": "idle",
        "run_id": None,
        "task_id": None,
        "progress": None,
        "since": now,
        "threads": 2,
        "memory_bytes": 5 * 2**20,
        "memory_limit_bytes": 2**30,
        "kernels_ready_s": 1.5,
        "tasks_done": 4,
        "cpu_s": 12.5,
        "started_at": now,
        "seen_at": now,
        "alive_until": now + 60 * SECOND,
    }
    return ScreeningWorker(name=name, **(given | values))


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Running]:
    async with running([MODULE], tmp_path) as started:
        yield started


async def stored(service: Running, owner_id: str | None = None):
    """Six slices: three done, one in the hands of a worker that lives, one of a worker that is gone, one waiting."""
    now = service.context.clock.now()
    run = screening_run(None, organization_id=owner_id, state="running", completed_at=None, task_count=6, tasks_done=3)
    tasks = [done(run.id, 0, waited_s=1, wall_s=4.0), done(run.id, 1, waited_s=9, wall_s=5.0)]
    tasks += [done(run.id, 2, waited_s=3, wall_s=6.0), *(task(run.id, ordinal) for ordinal in (3, 4, 5))]
    in_hand = {"state": "busy", "run_id": run.id, "since": NOON + 12 * SECOND}
    gone = {"alive_until": now - SECOND}
    await add(
        service.context.store,
        run,
        *tasks,
        worker("pod-0", now, task_id=tasks[3].id, progress=0.25, **in_hand),
        worker("pod-1", now),
        worker("pod-2", now, task_id=tasks[4].id, **in_hand, **gone),
    )
    return run


async def test_a_run_is_shown_slice_by_slice_with_its_cost(service: Running) -> None:
    run = await stored(service)
    analyst = await service.staff(Role.ANALYST)
    shown = (await analyst.client.get(f"/v1/screenings/{run.id}/tasks")).json()
    assert [each["state"] for each in shown["items"]] == ["done", "done", "done", "running", "waiting", "waiting"]
    assert shown["task_counts"] == {"done": 3, "running": 1, "waiting": 2}
    assert shown["live_workers"] == 2
    assert shown["cost"] == {
        "cpu_s": 30.0,
        "wall_s": 15.0,
        "longest_task_s": 6.0,
        "first_wait_s": 1.0,
        "longest_wait_s": 12.0,
        "peak_memory_bytes": 3 * 2**20,
        "worker_count": 2,
    }
    in_hand = shown["items"][3]
    assert (in_hand["worker"], in_hand["progress"], in_hand["waited_s"]) == ("pod-0", 0.25, 12.0)
    first = shown["items"][0]
    assert (first["start_time"], first["stop_time"]) == ("2024-09-17T12:00:00Z", "2024-09-17T13:00:00Z")
    assert (first["worker"], first["waited_s"], first["cpu_s"], first["approach_count"]) == ("pod-0", 1.0, 8.0, 7)


async def test_pages_of_slices_follow_each_other(service: Running) -> None:
    run = await stored(service)
    analyst = await service.staff(Role.ANALYST)
    ordinals, cursor = [], None
    while True:
        query = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        shown = (await analyst.client.get(f"/v1/screenings/{run.id}/tasks", params=query)).json()
        ordinals += [each["ordinal"] for each in shown["items"]]
        assert shown["task_count"] == 6, "the counts are those of the whole run on every page"
        if (cursor := shown["next_cursor"]) is None:
            break
    assert ordinals == list(range(6))


async def test_an_operator_sees_its_own_run_without_the_names_of_workers_and_nobody_elses(service: Running) -> None:
    owner, stranger = await service.operator("Northern Orbits"), await service.operator("Southern Orbits")
    run = await stored(service, owner.organization_id)
    shown = (await owner.client.get(f"/v1/screenings/{run.id}/tasks")).json()
    assert len(shown["items"]) == 6
    assert {each["worker"] for each in shown["items"]} == {None}
    assert (await stranger.client.get(f"/v1/screenings/{run.id}/tasks")).status_code == 404
    assert (await owner.client.get(f"/v1/screenings/{new_id()}/tasks")).status_code == 404


async def test_staff_sees_the_workers_that_live_and_operators_see_none(service: Running) -> None:
    run = await stored(service)
    analyst, operator = await service.staff(Role.ANALYST), await service.operator()
    answer = await analyst.client.get("/v1/screening-workers")
    assert answer.status_code == 200, answer.text
    shown = answer.json()["items"]
    assert [(each["name"], each["state"], each["screening_id"]) for each in shown] == [
        ("pod-0", "busy", run.id),
        ("pod-1", "idle", None),
    ]
    assert (await operator.client.get("/v1/screening-workers")).status_code == 403


async def test_a_run_that_has_only_been_asked_for_has_no_slices_yet(service: Running) -> None:
    await add(service.context.store, organization("Northern Orbits"))
    analyst = await service.staff(Role.ANALYST)
    asked = await analyst.client.post("/v1/screenings", json={"all": True, "hours": 1})
    shown = await analyst.client.get(f"/v1/screenings/{asked.json()['id']}/tasks")
    assert shown.status_code == 200
    assert (shown.json()["state"], shown.json()["items"], shown.json()["task_counts"]) == ("requested", [], {})
