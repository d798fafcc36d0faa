"""From an accepted ephemeris to conjunction events: real engine, real bus, real objects; once, whatever happens."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, update
from support.crossing_orbits import (
    CROSSING,
    DECAYED,
    OURS,
    THEIRS,
    UNOWNED,
    crossing_catalogue,
    ephemeris_of,
)
from support.databases import postgres_database
from support.embedded import NOON, MovableClock, deliver, emit, make_context
from support.rows import add, catalogue, document, ephemeris, organization, satellite

import ccsds
from assessment.approach_columns import approaches, read_coverage
from assessment.catalogues import catalogue_to_columns
from assessment.trajectories import ephemeris_to_columns
from records.identity.visibility import Viewer
from records.ingest_api.tables import SatelliteFact
from records.screening import reads
from records.screening.events import ConjunctionUpdatedV1, ScreeningCompletedV1, ScreeningTaskUrgentV1
from records.screening.tables import Cdm, ConjunctionEvent, CoverageException, ScreeningRun, ScreeningTask
from records.validator.events import EphemerisAcceptedV1
from records.validator.tables import Catalogue, Ephemeris
from screening.module import MODULE
from screening.worker.module import MODULE as WORKER
from servicekit import durability
from servicekit.ids import new_id
from servicekit.store import Actor, Store
from servicekit.store.plumbing import Change, ChangeAudience, DeliveryRow, OutboxRow
from servicekit.threads import in_thread

TEST = Actor("system", "test")
CONSUMERS = [*MODULE.consumers, *WORKER.consumers]
JOBS = {job.name: job.run for job in MODULE.jobs}


EXPECTED = {
    "runs": [
        ("ephemeris-catalogue", OURS, "completed", 2, 3, 3),
        ("ephemeris-catalogue", THEIRS, "completed", 2, 2, 3),
        ("ephemeris-ephemerides", THEIRS, "completed", 1, 2, 1),
    ],
    "exceptions": [(DECAYED, "decayed", 0), (DECAYED, "decayed", 0)],
    "cdms": [
        (OURS, UNOWNED, "reportable"),
        (OURS, THEIRS, "emergency"),
        (OURS, THEIRS, "unquantified"),
        (OURS, THEIRS, "unquantified"),
        (THEIRS, OURS, "emergency"),
        (THEIRS, OURS, "unquantified"),
        (THEIRS, OURS, "unquantified"),
    ],
    "events": [(OURS, UNOWNED, 1, "active", "reportable"), (OURS, THEIRS, 6, "active", "emergency")],
    "new events told": 2,
    "objects": {"catalogues": 1, "cdms": 7, "ephemerides": 2, "screenings": 9},
}
"""What the fleet's walk ends in, whatever happens on the way."""


class Fleet:
    """Two operators with a satellite and an ephemeris each, and a catalogue with both and three more."""

    def __init__(self, context):
        self.context = context
        self.north, self.south = organization("Northern Orbits"), organization("Southern Orbits")
        papers = [document(self.north, f"{name}.oem") for name in ("north", "south")] + [
            document(self.north, "cat.tle")
        ]
        papers[1].organization_id = self.south.id
        trajectories = [ephemeris_of(OURS), ephemeris_of(THEIRS)]
        contents = [ephemeris_to_columns(each) for each in trajectories] + [catalogue_to_columns(crossing_catalogue())]
        span = {"start_time": CROSSING - timedelta(minutes=40), "stop_time": CROSSING + timedelta(minutes=40)}
        self.ours = ephemeris(papers[0], OURS, columns_sha256=sha256(contents[0]).hexdigest(), **span)
        self.theirs = ephemeris(
            papers[1],
            THEIRS,
            columns_sha256=sha256(contents[1]).hexdigest(),
            accepted_at=NOON + timedelta(seconds=1),
            **span,
        )
        self.catalogue = catalogue(
            papers[2], columns_sha256=sha256(contents[2]).hexdigest(), object_count=5, is_synthetic=True
        )
        self.papers, self.contents = papers, contents

    async def store(self):
        radius = SatelliteFact(
            id=new_id(),
            norad_cat_id=OURS,
            attribute="hard_body_radius_m",
            value=7.5,
            source="operator",
            recorded_by="token",
            recorded_at=NOON,
        )
        await add(
            self.context.store,
            self.north,
            self.south,
            satellite(OURS, self.north),
            satellite(THEIRS, self.south),
            radius,
            *self.papers,
            self.ours,
            self.theirs,
            self.catalogue,
        )
        for row, content in zip((self.ours, self.theirs, self.catalogue), self.contents, strict=True):
            await self.context.objects.put(row.columns_key, content)
        return self

    @property
    def accepted(self):
        return [EphemerisAcceptedV1(ephemeris_id=row.id, row_version=1) for row in (self.ours, self.theirs)]

    async def rows(self, table, *order):
        async with self.context.store.read() as session:
            return list(await session.scalars(select(table).order_by(*order)))

    async def told(self, kind):
        rows = await self.rows(OutboxRow, OutboxRow.id)
        return [row.payload for row in rows if row.topic == kind.topic]

    async def outcome(self):
        """What people see in the end, without identifiers and times of doing."""
        runs = await self.rows(ScreeningRun)
        cdms = await self.rows(Cdm)
        events = await self.rows(ConjunctionEvent)
        told = await self.told(ConjunctionUpdatedV1)
        exceptions = await self.rows(CoverageException)
        return {
            "runs": sorted(
                (run.kind, run.norad_cat_id, run.state, run.approach_count, run.cdm_count, run.screened_count)
                for run in runs
            ),
            "exceptions": sorted((row.norad_cat_id, row.reason, row.ordinal) for row in exceptions),
            "cdms": sorted((cdm.norad_cat_id_1, cdm.norad_cat_id_2, cdm.level) for cdm in cdms),
            "events": sorted(
                (event.norad_cat_id_low, event.norad_cat_id_high, event.cdm_count, event.state, event.level)
                for event in events
            ),
            "new events told": sum("new" in event["reasons"] for event in told),
            "objects": Counter([info.key.split("/")[0] async for info in self.context.objects.list("")]),
        }


class ThisProcess:
    """Runs what a child would run, without the seconds that a new process takes."""

    async def run(self, function, *args, **_listeners):
        return await in_thread(function, *args)


@pytest.fixture
async def fleet(embedded):
    return await Fleet(replace(embedded, compute=ThisProcess(), parsing=ThisProcess())).store()


async def test_the_walk_ends_in_messages_events_and_coverage(embedded):
    fleet = await Fleet(embedded).store()  # with the real child processes
    context = fleet.context
    await emit(context, *fleet.accepted)
    await deliver(context, CONSUMERS)
    runs = {(run.kind, run.norad_cat_id): run for run in await fleet.rows(ScreeningRun)}
    assert set(runs) == {
        ("ephemeris-catalogue", OURS),
        ("ephemeris-catalogue", THEIRS),
        ("ephemeris-ephemerides", THEIRS),
    }
    assert {run.state for run in runs.values()} == {"completed"}
    run = runs["ephemeris-catalogue", OURS]
    assert (run.object_count, run.screened_count, run.not_screened_count) == (4, 3, 1)
    (reason,) = run.exception_counts
    async with context.store.read() as session:
        gaps = await reads.coverage_exceptions(session, run.id)
        cdms = await reads.cdms_of_run(session, run.id, recipient_id=fleet.north.id)
        tasks = await reads.tasks(session, run.id)
    assert [(gap.norad_cat_id, gap.reason) for gap in gaps] == [(DECAYED, reason)]
    coverage = read_coverage(await context.objects.get(run.coverage_key))
    assert set(coverage.norad_cat_id.tolist()) == {THEIRS, UNOWNED, DECAYED, 30003}
    found = list(approaches(await context.objects.get(run.approaches_key)))
    assert len(found) == run.approach_count
    assert {(each.norad_cat_id_1, each.norad_cat_id_2) for each in found} == {(OURS, UNOWNED), (OURS, THEIRS)}
    assert all(abs(each.tca_tai_ns - found[0].tca_tai_ns) < 10**9 for each in found)
    assert found[0].designator_1 == fleet.ours.id
    assert tasks[0].state == "done"
    assert [(cdm.norad_cat_id_1, cdm.norad_cat_id_2) for cdm in cdms] != []
    for cdm in cdms:
        assert cdm.norad_cat_id_1 == OURS
        message = ccsds.read(await context.objects.get(cdm.object_key), profile="operational")
        assert message.header.message_id == cdm.message_id
        assert message.relative.miss_distance_m == pytest.approx(cdm.miss_distance_m, abs=0.01)
        assert any("SYNTHETIC" in comment for comment in message.header.comments)
        assert cdm.summary["objects"][0]["hard_body_radius_source"] == "operator"
        assert sha256(await context.objects.get(cdm.object_key)).hexdigest() == cdm.content_sha256


async def test_both_organizations_get_their_own_message_and_one_event(fleet):
    context = fleet.context
    await emit(context, *fleet.accepted)
    await deliver(context, CONSUMERS)
    (pair,) = [run for run in await fleet.rows(ScreeningRun) if run.kind == "ephemeris-ephemerides"]
    async with context.store.read() as session:
        made = await reads.cdms_of_run(session, pair.id)
        (event,) = await reads.conjunctions_of_run(session, pair.id)
        everything = await reads.cdms_of_event(session, event.id)
        seen_by_south = await reads.conjunctions(session, Viewer(fleet.south.id, is_staff=False))
        stranger = await reads.conjunctions(session, Viewer(new_id(), is_staff=False))
    assert sorted((cdm.norad_cat_id_1, cdm.recipient_id) for cdm in made) == sorted(
        [(OURS, fleet.north.id), (THEIRS, fleet.south.id)]
    )
    for cdm in made:
        assert cdm.collision_probability is not None  # both ephemerides have covariance
        assert cdm.maximum_probability >= cdm.collision_probability
    assert (event.norad_cat_id_low, event.norad_cat_id_high) == (OURS, THEIRS)
    assert event.cdm_count == len(everything) == 6  # of three runs, one for each side
    assert [each.id for each in seen_by_south] == [event.id]
    assert stranger == []
    catalogue_only = [cdm for cdm in everything if cdm.run_id != pair.id]
    assert all(cdm.collision_probability is None and cdm.probability_reason for cdm in catalogue_only)


async def test_a_modelled_covariance_is_said_beside_what_is_known_and_changes_nothing_else(fleet, monkeypatch):
    monkeypatch.setenv("FAIRWAY_SCREENING__COVARIANCE_MODEL", "flohrer-2008")
    await emit(fleet.context, *fleet.accepted)
    await deliver(fleet.context, CONSUMERS)
    assert await fleet.outcome() == EXPECTED
    cdms = await fleet.rows(Cdm)
    without = [cdm for cdm in cdms if cdm.probability_reason is not None]
    assert without
    assert {cdm.covariance_model for cdm in without} == {"flohrer-2008"}
    assert all(cdm.collision_probability is None and 0.0 < cdm.modelled_probability <= 1.0 for cdm in without)
    both_known = [cdm for cdm in cdms if cdm.probability_reason is None]
    assert {(cdm.covariance_model, cdm.modelled_probability) for cdm in both_known} == {(None, None)}


async def test_completion_is_told_once_after_everything_stands(fleet):
    context = fleet.context
    await emit(context, *fleet.accepted)
    await deliver(context, CONSUMERS)
    runs = await fleet.rows(ScreeningRun)
    assert sorted(each["run_id"] for each in await fleet.told(ScreeningCompletedV1)) == sorted(run.id for run in runs)
    async with context.store.read() as session:
        completed = await session.execute(
            select(Change.subject_id, ChangeAudience.organization_id)
            .join(ChangeAudience, ChangeAudience.change_id == Change.id)
            .where(Change.kind == "screening.completed")
        )
        assert sorted(completed.all()) == sorted((run.id, run.organization_id) for run in runs)


async def test_every_event_twice_changes_nothing(fleet):
    context = fleet.context
    await emit(context, *fleet.accepted)
    await deliver(context, CONSUMERS)
    assert await fleet.outcome() == EXPECTED
    async with context.store.write(TEST) as unit:
        await unit.session.execute(update(DeliveryRow).values(state="pending", attempts=0, due_at=unit.now))
    await deliver(context, CONSUMERS)  # the same events again: the inbox knows them
    assert await fleet.outcome() == EXPECTED
    again = [row for row in await fleet.rows(OutboxRow) if not row.topic.startswith(("conjunction", "screening.comp"))]
    async with context.store.write(TEST) as unit:
        unit.session.add_all(
            OutboxRow(
                id=new_id(), topic=row.topic, payload=row.payload, trace_id=row.trace_id, emitted_at=row.emitted_at
            )
            for row in again
        )
    await deliver(context, CONSUMERS)  # the same content under new identifiers: the rows know it
    assert await fleet.outcome() == EXPECTED


class Death(BaseException):
    """What a test raises where a process would have died: nobody catches it on the way."""


@pytest.mark.parametrize("nth", range(2, 94, 7))
async def test_a_death_at_any_durable_step_changes_nothing(fleet, nth):
    context = fleet.context
    await emit(context, *fleet.accepted)
    steps = 0

    def die(_moment):
        nonlocal steps
        steps += 1
        if steps == nth:
            raise Death

    durability.observe(die)
    try:
        with pytest.raises((Death, BaseExceptionGroup)):
            await asyncio.wait_for(deliver(context, CONSUMERS), 60)
    finally:
        durability.observe(None)
    assert steps >= nth
    for job in JOBS.values():
        await job(context)
    await deliver(context, CONSUMERS)
    assert await fleet.outcome() == EXPECTED


async def test_of_two_results_of_a_task_the_first_committed_one_counts(fleet):
    context = fleet.context
    await emit(context, fleet.accepted[0])
    await deliver(context, [consumer for consumer in CONSUMERS if "plan" in consumer.name])
    (task,) = await fleet.rows(ScreeningTask)
    event = ScreeningTaskUrgentV1(run_id=task.run_id, task_id=task.id)
    await emit(context, event, event)
    urgent = next(consumer for consumer in WORKER.consumers if consumer.name.endswith("urgent"))
    twice = type(urgent)(name=urgent.name, event=urgent.event, handler=urgent.handler, concurrency=3)
    await deliver(context, [twice])
    (run,) = await fleet.rows(ScreeningRun)
    assert (run.tasks_done, run.task_count, run.state) == (1, 1, "finalising")
    finalising = [row for row in await fleet.rows(OutboxRow) if row.topic == "screening.finalise.v1"]
    assert len(finalising) == 1


async def test_a_changed_object_is_refused_and_the_run_fails_with_the_reason_told(fleet):
    context = fleet.context
    async with context.store.write(TEST) as unit:
        await unit.session.execute(update(Catalogue).values(columns_sha256="f" * 64))  # the bytes are not these
    await emit(context, fleet.accepted[0])
    await deliver(context, CONSUMERS)
    (run,) = await fleet.rows(ScreeningRun)
    assert run.state == "running"
    await JOBS["screening.reconcile"](context)
    (run,) = await fleet.rows(ScreeningRun)
    assert run.state == "failed"
    assert "A slice failed again and again" in run.reason
    assert "pinned was ffff" in run.reason
    assert await fleet.told(ScreeningCompletedV1) == [{"run_id": run.id, "state": "failed"}]


async def test_lost_events_are_emitted_again_by_the_reconciler(fleet):
    context = fleet.context
    await emit(context, fleet.accepted[0])
    await deliver(context, [consumer for consumer in CONSUMERS if "plan" in consumer.name])
    await JOBS["screening.reconcile"](context)
    (before,) = await fleet.told(ScreeningTaskUrgentV1)
    assert isinstance(context.clock, MovableClock)
    context.clock.put_forward(timedelta(hours=1))
    await JOBS["screening.reconcile"](context)
    assert await fleet.told(ScreeningTaskUrgentV1) == [before, before]
    await deliver(context, CONSUMERS)
    (run,) = await fleet.rows(ScreeningRun)
    assert run.state == "completed"


async def test_a_clear_second_screening_mitigates_and_an_old_event_passes(fleet):
    context = fleet.context
    await emit(context, fleet.accepted[0])
    await deliver(context, CONSUMERS)
    before = {event.norad_cat_id_high: event for event in await fleet.rows(ConjunctionEvent)}
    assert {event.state for event in before.values()} == {"active"}
    away = ephemeris_of(OURS, shift_km=(0.0, 0.0, 60.0))
    content = ephemeris_to_columns(away)
    paper = document(fleet.north, "away.oem")
    newer = ephemeris(
        paper,
        OURS,
        columns_sha256=sha256(content).hexdigest(),
        start_time=fleet.ours.start_time,
        stop_time=fleet.ours.stop_time,
        accepted_at=NOON + timedelta(minutes=1),
    )
    await add(context.store, paper, newer)
    async with context.store.write(TEST) as unit:
        await unit.session.execute(update(Ephemeris).where(Ephemeris.id == fleet.ours.id).values(is_active=False))
    await context.objects.put(newer.columns_key, content)
    await emit(context, EphemerisAcceptedV1(ephemeris_id=newer.id, row_version=1))
    await deliver(context, CONSUMERS)
    after = await fleet.rows(ConjunctionEvent)
    assert {event.state for event in after} == {"mitigated"}
    assert {event.level for event in after} == {"none"}
    told = [each for each in await fleet.told(ConjunctionUpdatedV1) if "mitigated" in each["reasons"]]
    assert len(told) == len(after)
    context.clock.put_forward(timedelta(days=1))
    await JOBS["screening.let-events-pass"](context)
    assert {event.state for event in await fleet.rows(ConjunctionEvent)} == {"passed"}


async def test_the_walk_is_the_same_on_postgresql(tmp_path, postgres_server, postgres_templates):
    async with postgres_database(postgres_server, postgres_templates) as url:
        store = Store(url, MovableClock.starting_at(NOON))
        try:
            async with make_context(store, tmp_path) as context:
                fleet = await Fleet(context).store()
                await emit(context, *fleet.accepted)
                await deliver(context, CONSUMERS)
                outcome = await fleet.outcome()
        finally:
            await store.close()
    assert outcome == EXPECTED
