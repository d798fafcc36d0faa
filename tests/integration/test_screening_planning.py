"""Which runs an ephemeris, a catalogue and a request call for, and what they pin."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import numpy as np
import pytest
from sqlalchemy import select, text
from support.buses import until
from support.embedded import NOON, deliver, emit
from support.planning import DAY, PLANNING, a_catalogue, accepted, asked, events_of, runs_of
from support.rows import add, document, ephemeris, satellite

from assessment.trajectories import ephemeris_to_columns
from astrodynamics.timescales import from_datetime
from astrodynamics.trajectories import Ephemeris as Trajectory
from astrodynamics.trajectories import EphemerisSegment
from records.screening import reads, writes
from records.screening.events import ScreeningCompletedV1, ScreeningTaskUrgentV1
from records.screening.writes import insert_runs
from records.validator.events import ElementsAcceptedV1, EphemerisAcceptedV1
from records.validator.tables import Ephemeris
from screening.handlers.planning import on_ephemerides_accepted
from screening.module import MODULE
from screening.runs.inputs import RunInputs
from servicekit.bus import Batch, Delivery
from servicekit.ids import new_id
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry, Change, ChangeAudience

_WAITING = text(
    "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
    "WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"
)
JOBS = {job.name: job.run for job in MODULE.jobs}


def batch_of(context, *rows):
    consumer = "screening.plan-ephemeris"
    return Batch(tuple(Delivery(accepted(row), new_id(), consumer, 1, context.store) for row in rows))


async def test_an_accepted_ephemeris_is_screened_at_once_against_the_catalogue_with_pinned_inputs(fleet):
    context, north, _, first, _ = fleet
    loaded = await a_catalogue(context, north)
    await emit(context, accepted(first), accepted(first))
    await deliver(context, PLANNING)
    (run,) = await runs_of(context)
    assert (run.kind, run.state, run.urgency, run.volume) == ("ephemeris-catalogue", "running", "urgent", "ephemeris")
    assert (run.organization_id, run.norad_cat_id) == (north.id, 25544)
    inputs = RunInputs.of(run)
    assert (inputs.catalogue.id, inputs.catalogue.sha256) == (loaded.id, loaded.columns_sha256)
    assert (inputs.primary.key, inputs.primary.sha256) == (first.columns_key, first.columns_sha256)
    assert run.start_time >= NOON  # nothing in the past
    assert run.stop_time == first.stop_time
    async with context.store.read() as session:
        tasks = await reads.tasks(session, run.id)
        told = (await session.scalars(select(Change).where(Change.kind == "screening.planned"))).all()
        audience = (await session.scalars(select(ChangeAudience.organization_id))).all()
        audited = (await session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == run.id))).all()
    assert len(tasks) == run.task_count > 0
    assert await events_of(context, ScreeningTaskUrgentV1) == [
        {"run_id": run.id, "task_id": task.id, "ordinal": task.ordinal} for task in tasks
    ]
    assert [change.subject_id for change in told] == [run.id]
    assert (audience, audited) == ([north.id], ["screening.planned"])


async def test_of_two_operational_ephemerides_the_later_one_screens_the_pair_whichever_event_comes_first(fleet):
    context, north, _, first, second = fleet
    await a_catalogue(context, north)
    await emit(context, accepted(second), accepted(first))
    await deliver(context, PLANNING)
    (pair,) = [run for run in await runs_of(context) if run.kind == "ephemeris-ephemerides"]
    assert pair.ephemeris_id == second.id
    assert [each.id for each in RunInputs.of(pair).secondary_ephemerides] == [first.id]


async def late(context, owner, accepted_at):
    """An ephemeris whose acceptance began at a time, and is committed only now."""
    paper = document(owner, f"late-{accepted_at.isoformat()}.oem")
    row = ephemeris(paper, 25545, accepted_at=accepted_at)
    await add(context.store, satellite(25545, owner), paper, row)
    return row


@pytest.mark.parametrize("by_s", [1, 3600])
async def test_one_that_is_committed_after_a_later_one_was_planned_screens_the_pair(either_fleet, by_s):
    context, north, _, first, second = either_fleet
    await a_catalogue(context, north)
    await on_ephemerides_accepted(context, batch_of(context, second))
    overtaken = await late(context, north, second.accepted_at - timedelta(seconds=by_s))
    await on_ephemerides_accepted(context, batch_of(context, overtaken, first))
    found = {
        run.ephemeris_id: [each.id for each in RunInputs.of(run).secondary_ephemerides]
        for run in await runs_of(context)
        if run.kind == "ephemeris-ephemerides"
    }
    is_near = by_s == 1  # no acceptance lasts an hour: what is older by more was seen
    assert found == {second.id: [first.id]} | ({overtaken.id: [second.id]} if is_near else {})


@pytest.mark.parametrize("store", ["postgresql-15", "postgresql-18"], indirect=True)  # a file has one writer
async def test_two_that_are_planned_at_the_same_time_are_screened_against_each_other(either_fleet, monkeypatch):
    context, north, _, first, second = either_fleet
    await a_catalogue(context, north)
    has_read, may_commit = asyncio.Event(), asyncio.Event()

    async def slowly(*given):
        has_read.set()
        await may_commit.wait()
        return await insert_runs(*given)

    monkeypatch.setattr(writes, "insert_runs", slowly)
    planning = asyncio.create_task(on_ephemerides_accepted(context, batch_of(context, second)))
    await has_read.wait()
    overtaken = await late(context, north, second.accepted_at - timedelta(seconds=1))
    other = asyncio.create_task(on_ephemerides_accepted(context, batch_of(context, overtaken)))
    await until(lambda: _waits_for_a_lock(context, or_done=other))
    may_commit.set()
    await asyncio.gather(planning, other)
    found = {
        run.ephemeris_id: [each.id for each in RunInputs.of(run).secondary_ephemerides]
        for run in await runs_of(context)
        if run.kind == "ephemeris-ephemerides"
    }
    assert found == {second.id: [first.id], overtaken.id: [second.id]}


async def _waits_for_a_lock(context, or_done):
    async with context.store.look() as session:
        waiting = await session.scalar(_WAITING)
    return or_done.done() or waiting > 0


async def test_one_that_the_later_one_has_seen_or_will_see_does_not_screen_the_pair_again(fleet):
    context, north, _, _, second = fleet
    await a_catalogue(context, north)
    just_before = await late(context, north, second.accepted_at - timedelta(seconds=1))
    await on_ephemerides_accepted(context, batch_of(context, just_before))
    assert [run.kind for run in await runs_of(context)] == ["ephemeris-catalogue"], "the later one will see it"
    await on_ephemerides_accepted(context, batch_of(context, second))
    await on_ephemerides_accepted(context, batch_of(context, just_before))
    pairs = [run.ephemeris_id for run in await runs_of(context) if run.kind == "ephemeris-ephemerides"]
    assert pairs == [second.id]


async def test_of_the_others_ephemerides_the_newest_of_each_satellite_before_it_counts(fleet):
    context, north, _, _, second = fleet
    papers = [document(north, f"north-{number}.oem") for number in range(3)]
    between, other, later = (
        ephemeris(papers[0], 25544, accepted_at=NOON - DAY + timedelta(minutes=30)),
        ephemeris(papers[1], 25545, accepted_at=NOON - DAY + timedelta(minutes=10)),
        ephemeris(papers[2], 25544, accepted_at=NOON),
    )
    await add(context.store, satellite(25545, north), *papers, between, other, later)
    await emit(context, accepted(second))
    await deliver(context, PLANNING)
    (run,) = [each for each in await runs_of(context) if each.kind == "ephemeris-ephemerides"]
    assert [each["id"] for each in run.inputs["secondary_ephemerides"]] == [other.id, between.id]


async def test_of_a_satellite_whose_only_current_ephemeris_was_withdrawn_nothing_is_screened_against(fleet):
    context, north, _, _, second = fleet
    papers = [document(north, f"north-{number}.oem") for number in range(2)]
    withdrawn = ephemeris(
        papers[1], 25545, accepted_at=NOON - DAY + timedelta(minutes=20), withdrawn_at=NOON, is_active=False
    )
    superseded = ephemeris(
        papers[0],
        25545,
        accepted_at=NOON - DAY + timedelta(minutes=10),
        superseded_by=withdrawn.id,
        is_active=False,
    )
    await add(context.store, satellite(25545, north), *papers, superseded, withdrawn)
    await emit(context, accepted(second))
    await deliver(context, PLANNING)
    (run,) = [each for each in await runs_of(context) if each.kind == "ephemeris-ephemerides"]
    assert [each["norad_cat_id"] for each in run.inputs["secondary_ephemerides"]] == [25544]


async def test_a_special_ephemeris_is_never_screened_against_ephemerides(fleet):
    context, north, south, _, _ = fleet
    await a_catalogue(context, north)
    paper = document(south, "special.oem")
    special = ephemeris(paper, 43013, designation="special", accepted_at=NOON)
    await add(context.store, paper, special)
    await emit(context, accepted(special))
    await deliver(context, PLANNING)
    assert [run.kind for run in await runs_of(context)] == ["ephemeris-catalogue"]


async def test_without_a_catalogue_the_run_waits_and_begins_when_one_comes(fleet):
    context, north, _, first, _ = fleet
    await emit(context, accepted(first))
    await deliver(context, PLANNING)
    (waiting,) = await runs_of(context)
    assert (waiting.state, waiting.task_count) == ("requested", 0)
    assert "No catalogue has been loaded yet" in waiting.reason
    loaded = await a_catalogue(context, north)
    await emit(context, ElementsAcceptedV1(catalogue_id=loaded.id))
    await deliver(context, PLANNING)
    runs = {run.id: run for run in await runs_of(context)}
    begun = runs[waiting.id]
    assert (begun.state, begun.reason, begun.catalogue_id) == ("running", None, loaded.id)
    assert begun.task_count > 0
    mine = [run for run in runs.values() if run.ephemeris_id == first.id]
    assert len(mine) == 1


async def test_a_run_that_missed_its_catalogue_is_planned_by_the_job(fleet):
    context, north, _, first, _ = fleet
    await emit(context, accepted(first))
    await deliver(context, PLANNING)
    await a_catalogue(context, north)
    await JOBS["screening.plan-waiting"](context)
    assert [run.state for run in await runs_of(context)] == ["running"]


async def test_a_new_catalogue_screens_the_current_operational_ephemerides_again_and_only_the_newest_counts(fleet):
    context, north, _, first, second = fleet
    older = await a_catalogue(context, north)
    newer = await a_catalogue(context, north, accepted_at=NOON + timedelta(minutes=1))
    await emit(context, *(ElementsAcceptedV1(catalogue_id=each.id) for each in (older, newer, newer)))
    await deliver(context, PLANNING)
    runs = await runs_of(context)
    assert sorted((run.ephemeris_id, run.catalogue_id, run.urgency) for run in runs) == sorted(
        (each.id, newer.id, "bulk") for each in (first, second)
    )


async def test_catalogues_that_come_every_hour_screen_an_ephemeris_again_after_eight(fleet):
    context, north, _, first, second = fleet
    catalogues = [await a_catalogue(context, north)]
    await emit(context, accepted(first), accepted(second), ElementsAcceptedV1(catalogue_id=catalogues[0].id))
    await deliver(context, PLANNING)
    for hour in range(1, 10):
        context.clock.put_forward(timedelta(hours=1))
        catalogues.append(await a_catalogue(context, north, accepted_at=NOON + timedelta(hours=hour)))
        if hour < 9:  # of the last one nobody hears: the job finds whose turn has come
            await emit(context, ElementsAcceptedV1(catalogue_id=catalogues[-1].id))
        await deliver(context, PLANNING)
        if hour == 9:
            await JOBS["screening.plan-waiting"](context)
    runs = [run for run in await runs_of(context) if run.kind == "ephemeris-catalogue"]
    assert sorted((run.ephemeris_id, run.catalogue_id) for run in runs) == sorted(
        (each.id, catalogues[hour].id) for each in (first, second) for hour in (0, 8)
    )
    assert [run.ephemeris_id for run in runs if run.state == "refused"] == []


async def test_an_ephemeris_whose_turn_came_without_a_new_catalogue_event_is_found_by_the_job(fleet):
    context, north, _, first, second = fleet
    older = await a_catalogue(context, north)
    await emit(context, accepted(first), ElementsAcceptedV1(catalogue_id=older.id))
    await deliver(context, PLANNING)
    newer = await a_catalogue(context, north, accepted_at=NOON + timedelta(hours=1))
    await JOBS["screening.plan-waiting"](context)
    assert {run.catalogue_id for run in await runs_of(context)} == {older.id}
    context.clock.put_forward(timedelta(hours=9))
    await JOBS["screening.plan-waiting"](context)
    assert {run.ephemeris_id for run in await runs_of(context) if run.catalogue_id == newer.id} == {first.id, second.id}


async def test_an_ephemeris_of_the_past_is_refused_and_that_is_told(fleet):
    context, north, _, _, _ = fleet
    await a_catalogue(context, north)
    paper = document(north, "old.oem")
    old = ephemeris(paper, 25544, designation="special", start_time=NOON - 3 * DAY, stop_time=NOON - DAY)
    await add(context.store, paper, old)
    await emit(context, accepted(old))
    await deliver(context, PLANNING)
    (run,) = await runs_of(context)
    assert run.state == "refused"
    assert "old.oem ends at 2024-09-16T12:00:00Z" in run.reason
    assert await events_of(context, ScreeningCompletedV1) == [{"run_id": run.id, "state": "refused"}]


def flyby():
    """An ephemeris of ten minutes, faster than what stays with the earth."""
    minutes = np.arange(11.0)
    r_gcrf_km = np.column_stack([7000.0 + 0.0 * minutes, 12.0 * 60.0 * minutes, 0.0 * minutes])
    v_gcrf_km_s = np.tile([0.0, 12.0, 0.0], (11, 1))
    tai_ns = from_datetime(NOON) + (minutes * 60e9).astype(np.int64)
    segment = EphemerisSegment(tai_ns, r_gcrf_km, v_gcrf_km_s, int(tai_ns[0]), int(tai_ns[-1]))
    return ephemeris_to_columns(Trajectory("flyby", 25544, (segment,)))


async def test_an_ephemeris_on_no_closed_orbit_is_refused_before_any_task_and_that_is_told(fleet):
    context, north, _, first, _ = fleet
    content = flyby()
    await context.objects.put(first.columns_key, content)
    async with context.store.write(Actor("system", "test")) as unit:
        row = await unit.session.get_one(type(first), first.id)
        row.columns_sha256 = sha256(content).hexdigest()
    await emit(context, accepted(first))
    await deliver(context, PLANNING)
    assert [run.state for run in await runs_of(context)] == ["requested"], "it waits for a catalogue like any other"
    loaded = await a_catalogue(context, north)
    await emit(context, ElementsAcceptedV1(catalogue_id=loaded.id))
    await deliver(context, PLANNING)
    runs = [run for run in await runs_of(context) if run.ephemeris_id == first.id]
    runs.append(await asked(context, {"ephemeris_id": first.id, "volume": "sphere:5", "hours": 1}, north.id))
    assert len(runs) >= 2
    for run in runs:
        assert (run.state, run.task_count) == ("refused", 0)
        assert "north.oem begins on no closed orbit" in run.reason
    told = await events_of(context, ScreeningCompletedV1)
    assert {each["run_id"] for each in told} == {run.id for run in runs}


async def test_a_damaged_ephemeris_does_not_hold_up_the_runs_of_others(fleet):
    context, north, _, first, second = fleet
    await context.objects.put(first.columns_key, b"damaged")  # the object of the second is lost
    loaded = await a_catalogue(context, north)
    await emit(context, ElementsAcceptedV1(catalogue_id=loaded.id))
    await deliver(context, PLANNING)
    found = [(run.ephemeris_id, run.state) for run in await runs_of(context)]
    assert sorted(found) == sorted([(first.id, "running"), (second.id, "running")])


async def test_accepted_ephemerides_are_planned_together_as_if_each_came_alone(fleet):
    context, north, _, first, second = fleet
    await a_catalogue(context, north)
    await on_ephemerides_accepted(context, batch_of(context, second, first, second))
    runs = [(run.kind, run.norad_cat_id, run.state) for run in await runs_of(context)]
    assert sorted(runs) == [
        ("ephemeris-catalogue", 25544, "running"),
        ("ephemeris-catalogue", 43013, "running"),
        ("ephemeris-ephemerides", 43013, "running"),
    ]
    async with context.store.read() as session:
        planned = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "screening.planned"))).all()
    assert len(planned) == 3
    tasks = await events_of(context, ScreeningTaskUrgentV1)
    assert {task["run_id"] for task in tasks} == {run.id for run in await runs_of(context)}


async def test_one_that_is_not_there_fails_the_batch_and_a_withdrawn_one_only_has_no_run(fleet):
    context, north, _, first, second = fleet
    await a_catalogue(context, north)
    async with context.store.write(Actor("system", "test")) as unit:
        (await unit.session.get(Ephemeris, first.id)).withdrawn_at = NOON
    batch = batch_of(context, first, second)
    gone = replace(batch.deliveries[0], event=EphemerisAcceptedV1(ephemeris_id=new_id(), row_version=1))
    with pytest.raises(LookupError):
        await on_ephemerides_accepted(context, Batch((*batch.deliveries, gone)))
    assert await runs_of(context) == []
    await on_ephemerides_accepted(context, batch)
    assert {run.norad_cat_id for run in await runs_of(context)} == {43013}


@pytest.mark.parametrize(
    ("regime", "state", "hours"),
    [("near-earth", "running", 168.0), ("deep-space", "running", 240.0), ("open", "refused", None)],
)
async def test_the_regime_that_the_row_says_is_enough_to_plan_by(fleet, regime, state, hours):
    context, north, _, first, _ = fleet
    await a_catalogue(context, north)
    async with context.store.write(Actor("system", "test")) as unit:
        row = await unit.session.get(Ephemeris, first.id)
        row.regime, row.stop_time = regime, NOON + 30 * DAY
    assert not await context.objects.exists(row.columns_key), "there is nothing to read"
    await on_ephemerides_accepted(context, batch_of(context, row))
    (run,) = [each for each in await runs_of(context) if each.kind == "ephemeris-catalogue"]
    assert run.state == state
    if hours is not None:
        assert run.stop_time - run.start_time == timedelta(hours=hours)
