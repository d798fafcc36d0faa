"""From an accepted ephemeris to conjunction events: real engine, real bus, real objects."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select, update
from support.crossing_orbits import (
    DECAYED,
    OURS,
    THEIRS,
    UNOWNED,
    ephemeris_of,
)
from support.databases import postgres_database
from support.embedded import NOON, MovableClock, deliver, emit, make_context
from support.rows import add, document, ephemeris
from support.walked_fleet import WALKED, ThisProcess, WalkedFleet

import ccsds
from assessment.approach_columns import approaches, read_coverage
from assessment.trajectories import ephemeris_to_columns
from records.identity.visibility import Viewer
from records.screening import reads
from records.screening.events import ConjunctionUpdatedV1, ScreeningCompletedV1
from records.screening.tables import Cdm, ConjunctionEvent, ScreeningRun
from records.validator.events import EphemerisAcceptedV1
from records.validator.tables import Ephemeris
from screening.module import MODULE
from screening.worker.module import MODULE as WORKER
from servicekit.ids import new_id
from servicekit.store import Actor, Store
from servicekit.store.plumbing import Change, ChangeAudience

TEST = Actor("system", "test")
CONSUMERS = [*MODULE.consumers, *WORKER.consumers]
JOBS = {job.name: job.run for job in MODULE.jobs}


@pytest.fixture
async def fleet(embedded):
    return await WalkedFleet(replace(embedded, compute=ThisProcess(), parsing=ThisProcess())).store()


async def test_the_walk_ends_in_messages_events_and_coverage(embedded):
    fleet = await WalkedFleet(embedded).store()  # with the real child processes
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
    assert await fleet.outcome() == WALKED
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
                fleet = await WalkedFleet(context).store()
                await emit(context, *fleet.accepted)
                await deliver(context, CONSUMERS)
                outcome = await fleet.outcome()
        finally:
            await store.close()
    assert outcome == WALKED
