"""Which runs an ephemeris, a catalogue and a request call for, and what they pin."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import numpy as np
import pytest
from sqlalchemy import select
from support.embedded import NOON, MovableClock, deliver, emit, make_context
from support.rows import add, catalogue, document, ephemeris, organization, satellite

from assessment.catalogues import Catalogue, catalogue_to_columns
from assessment.trajectories import ephemeris_to_columns
from astrodynamics.sgp4 import ElementArrays
from astrodynamics.timescales import from_datetime
from astrodynamics.trajectories import Ephemeris as Trajectory
from astrodynamics.trajectories import EphemerisSegment
from records.screening import reads
from records.screening.events import ScreeningCompletedV1, ScreeningRequestedV1, ScreeningTaskUrgentV1
from records.screening.tables import ScreeningRun
from records.validator.events import ElementsAcceptedV1, EphemerisAcceptedV1
from records.validator.tables import Ephemeris
from screening.handlers.planning import on_ephemerides_accepted
from screening.module import MODULE
from screening.runs.inputs import RunInputs
from servicekit.bus import Batch, Delivery
from servicekit.ids import new_id
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry, Change, ChangeAudience, OutboxRow

PLANNING = [consumer for consumer in MODULE.consumers if consumer.name.startswith("screening.plan")]
JOBS = {job.name: job.run for job in MODULE.jobs}
DAY = timedelta(days=1)


def accepted(row):
    return EphemerisAcceptedV1(ephemeris_id=row.id, row_version=row.row_version)


def batch_of(context, *rows):
    consumer = "screening.plan-ephemeris"
    return Batch(tuple(Delivery(accepted(row), new_id(), consumer, 1, context.store) for row in rows))


async def runs_of(context):
    async with context.store.read() as session:
        return list(await session.scalars(select(ScreeningRun).order_by(ScreeningRun.kind, ScreeningRun.id)))


async def events_of(context, kind):
    async with context.store.read() as session:
        return [
            row.payload
            for row in await session.scalars(
                select(OutboxRow).where(OutboxRow.topic == kind.topic).order_by(OutboxRow.id)
            )
        ]


@pytest.fixture
async def fleet(embedded):
    """Two operators, with one operational ephemeris each; the second was accepted an hour later."""
    return await two_operators(embedded)


@pytest.fixture
async def either_fleet(store, tmp_path):
    """The same on SQLite and on PostgreSQL."""
    store.clock = MovableClock.starting_at(NOON)
    async with make_context(store, tmp_path) as context:
        yield await two_operators(context)


async def two_operators(embedded):
    north, south = organization("Northern Orbits"), organization("Southern Orbits")
    documents = [document(north, "north.oem"), document(south, "south.oem")]
    first = ephemeris(documents[0], 25544, accepted_at=NOON - DAY)
    second = ephemeris(documents[1], 43013, accepted_at=NOON - DAY + timedelta(hours=1))
    await add(embedded.store, north, south, satellite(25544, north), satellite(43013, south), *documents, first, second)
    return embedded, north, south, first, second


async def a_catalogue(context, owner, *, numbers=(5, 25544), accepted_at=NOON):
    content = catalogue_to_columns(
        Catalogue(
            ElementArrays(
                norad_cat_id=np.array(numbers),
                epoch_tai_ns=np.full(len(numbers), from_datetime(NOON)),
                **{
                    name: np.full(len(numbers), value)
                    for name, value in {
                        "mean_motion_rev_day": 15.0,
                        "eccentricity": 0.001,
                        "inclination_deg": 50.0,
                        "raan_deg": 1.0,
                        "arg_of_perigee_deg": 1.0,
                        "mean_anomaly_deg": 1.0,
                        "bstar": 0.0,
                    }.items()
                },
            ),
            tuple(f"OBJECT {number}" for number in numbers),
            tuple("" for _ in numbers),
        )
    )
    paper = document(owner, f"catalogue-{new_id()}.tle", purpose="catalogue")
    row = catalogue(
        paper, columns_sha256=sha256(content).hexdigest(), object_count=len(numbers), accepted_at=accepted_at
    )
    await context.objects.put(row.columns_key, content)
    await add(context.store, paper, row)
    return row


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


async def asked(context, request, organization_id=None):
    run_id = new_id()
    await emit(
        context,
        ScreeningRequestedV1(run_id=run_id, requested_by="token-1", organization_id=organization_id, request=request),
    )
    await deliver(context, PLANNING)
    async with context.store.read() as session:
        return await reads.run(session, run_id)


async def test_a_request_becomes_the_run_whose_identifier_was_given_out(fleet):
    context, north, _, first, _ = fleet
    await a_catalogue(context, north)
    run = await asked(
        context,
        {"ephemeris_id": first.id, "against": [5], "start": "2024-09-18T00:00:00Z", "hours": 6, "volume": "sphere:5"},
        north.id,
    )
    assert (run.state, run.volume, run.requested_by) == ("running", "sphere:5", "token-1")
    assert (run.stop_time - run.start_time) == timedelta(hours=6)
    assert RunInputs.of(run).secondary_numbers == (5,)


async def test_all_against_all_is_for_the_slow_queue(fleet):
    context, north, _, _, _ = fleet
    await a_catalogue(context, north)
    run = await asked(context, {"all": True, "hours": 24})
    assert (run.kind, run.urgency, run.volume, run.state) == ("catalogue-catalogue", "bulk", "hac", "running")


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"ephemeris_id": "nothing"}, "There is no ephemeris nothing"),
        ({"norad_cat_id": 77}, "no element set of object 77"),
        ({"norad_cat_id": 5, "against": [5, 6, 7]}, "no element set of object 6, 7"),
        ({"norad_cat_id": 5, "start": "2024-09-16T00:00:00Z"}, "lies in the past"),
        ({"norad_cat_id": 5, "volume": "cube:3"}, "cube:3"),
        ({"norad_cat_id": 5, "hours": 1000}, "at most 240"),
        ({"nonsense": 1}, "nonsense"),
    ],
)
async def test_a_request_that_cannot_be_is_refused_with_a_reason(fleet, request_, sentence):
    context, north, _, _, _ = fleet
    await a_catalogue(context, north)
    run = await asked(context, request_)
    assert run.state == "refused"
    assert sentence in run.reason
    assert await events_of(context, ScreeningCompletedV1) == [{"run_id": run.id, "state": "refused"}]


async def test_what_was_withdrawn_or_has_no_catalogue_is_refused(fleet):
    context, north, _, first, _ = fleet
    assert "No catalogue has been loaded yet" in (await asked(context, {"norad_cat_id": 5})).reason
    async with context.store.write(Actor("system", "test")) as unit:
        (await unit.session.get_one(type(first), first.id)).withdrawn_at = NOON
    await a_catalogue(context, north)
    assert "has been withdrawn" in (await asked(context, {"ephemeris_id": first.id})).reason
    await emit(context, accepted(first))
    await deliver(context, PLANNING)
    assert all(run.state == "refused" for run in await runs_of(context))


async def test_an_operator_sees_its_own_runs_page_by_page_and_staff_all(fleet):
    from records.identity.visibility import Viewer

    context, north, south, first, second = fleet
    await a_catalogue(context, north)
    await emit(context, accepted(first), accepted(second))
    await deliver(context, PLANNING)
    async with context.store.read() as session:
        mine = await reads.runs(session, Viewer(south.id, is_staff=False))
        everything = await reads.runs(session, reads.EVERYTHING)
        assert {run.ephemeris_id for run in mine} == {second.id}
        assert len(everything) == 3
        assert await reads.runs(session, Viewer(None, is_staff=False)) == []
        assert await reads.run(session, mine[0].id, Viewer(north.id, is_staff=False)) is None
        pages, after = [], None
        while page := await reads.runs(session, reads.EVERYTHING, after=after, limit=1):
            pages += page
            after = (page[0].requested_at, page[0].id)
        assert [run.id for run in pages] == [run.id for run in everything]
        only = await reads.runs(session, reads.EVERYTHING, which=reads.RunFilter(ephemeris_id=first.id))
        assert [run.ephemeris_id for run in only] == [first.id]
