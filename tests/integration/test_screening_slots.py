"""What the schedule screens again between two runs of the whole catalogue. At noon UTC it is eight in New York."""

import dataclasses
from datetime import timedelta
from hashlib import sha256

import numpy as np
import pytest
from sqlalchemy import select
from support.crossing_orbits import CROSSING, OURS, THEIRS, UNOWNED, crossing_catalogue
from support.embedded import NOON, deliver, emit
from support.rows import add, catalogue, conjunction_event, document, ephemeris, organization, satellite, screening_run

from assessment.approach_columns import approaches
from assessment.catalogues import Catalogue, catalogue_to_columns
from assessment.trajectories import ephemeris_to_columns
from astrodynamics.sgp4 import ElementArrays, Propagator
from astrodynamics.timescales import from_datetime
from astrodynamics.trajectories import Ephemeris as Trajectory
from astrodynamics.trajectories import EphemerisSegment
from records.ingest_api.writes import add_known_pair
from records.screening.events import ScreeningRequestedV1
from records.screening.tables import Cdm, ConjunctionEvent, ScreeningRun
from screening.module import MODULE
from screening.runs import concern_list
from screening.runs.inputs import RunInputs
from screening.worker.module import MODULE as WORKER
from servicekit.ids import new_id
from servicekit.store import Actor

CONSUMERS = [*MODULE.consumers, *WORKER.consumers]
PLAN = {job.name: job.run for job in MODULE.jobs}["screening.plan-scheduled"]
HOUR = timedelta(hours=1)
NEAR, OTHER_NEAR, DEEP, OTHER_DEEP = 5, 6, 70, 80
LIKELY = {"collision_probability": None, "maximum_probability": 1e-7}
UNLIKELY = {"collision_probability": 0.9e-7, "maximum_probability": 0.99e-7}


async def runs_of(context, kind):
    async with context.store.read() as session:
        query = select(ScreeningRun).where(ScreeningRun.kind == kind).order_by(ScreeningRun.requested_at)
        return list(await session.scalars(query))


async def load(context, owner, elements, accepted_at=NOON):
    content = catalogue_to_columns(elements)
    paper = document(owner, f"{new_id()}.tle", purpose="catalogue")
    row = catalogue(
        paper, columns_sha256=sha256(content).hexdigest(), object_count=len(elements), accepted_at=accepted_at
    )
    await context.objects.put(row.columns_key, content)
    await add(context.store, paper, row)
    return row


def element_sets(*numbers):
    """Element sets of those numbers, deep space from 50 on."""
    count = len(numbers)
    elements = ElementArrays(
        norad_cat_id=np.array(numbers),
        epoch_tai_ns=np.full(count, from_datetime(NOON)),
        mean_motion_rev_day=np.where(np.array(numbers) < 50, 15.0, 2.0),
        eccentricity=np.full(count, 0.001),
        inclination_deg=np.full(count, 50.0),
        raan_deg=np.arange(count) * 20.0,
        arg_of_perigee_deg=np.zeros(count),
        mean_anomaly_deg=np.zeros(count),
        bstar=np.zeros(count),
    )
    return Catalogue(elements, ("SAT",) * count, ("",) * count)


@pytest.fixture
async def with_catalogue(embedded):
    north = organization("Northern Orbits")
    await add(embedded.store, north)
    await load(embedded, north, element_sets(NEAR, OTHER_NEAR, 7, 8, DEEP, OTHER_DEEP, 90))
    return embedded


async def test_the_concern_list_is_screened_at_its_two_slots(with_catalogue):
    context = with_catalogue
    await add(
        context.store,
        conjunction_event(NEAR, OTHER_NEAR, miss_distance_m=9e3, **LIKELY),
        conjunction_event(NEAR, 7, miss_distance_m=100.0, **UNLIKELY),
        conjunction_event(DEEP, OTHER_DEEP, miss_distance_m=5e3, **UNLIKELY),
        conjunction_event(DEEP, 90, miss_distance_m=5.1e3, **LIKELY),
        conjunction_event(8, 90, miss_distance_m=4e3, **UNLIKELY),  # by one side's criterion
        conjunction_event(OTHER_NEAR, 7, tca=NOON + timedelta(days=5, minutes=1), **LIKELY),
        conjunction_event(OTHER_NEAR, 8, tca=NOON - HOUR, **LIKELY),
        conjunction_event(OTHER_NEAR, 70, state="mitigated", **LIKELY),
        conjunction_event(7, 8, created_at=NOON + HOUR, **LIKELY),  # after this slot
        conjunction_event(NEAR, 8, **LIKELY),
        conjunction_event(NEAR, 12345, **LIKELY),  # not in the catalogue
    )
    async with context.store.write(Actor("token", "analyst")) as unit:
        await add_known_pair(unit, NEAR, 8, "docked")
    await PLAN(context)
    await PLAN(context)
    (run,) = await runs_of(context, "concern-list")
    inputs = RunInputs.of(run)
    assert inputs.pairs == ((NEAR, OTHER_NEAR), (8, 90), (DEEP, OTHER_DEEP))
    assert inputs.primary_numbers == inputs.secondary_numbers == (NEAR, OTHER_NEAR, 8, DEEP, OTHER_DEEP, 90)
    assert (run.urgency, run.requested_by, run.volume) == ("bulk", "screening.schedule", "hac")
    assert run.stop_time - run.start_time == timedelta(days=5)
    assert run.request == {"concern_list": 3}

    context.clock.put_forward(7 * HOUR)
    await PLAN(context)
    assert len(await runs_of(context, "concern-list")) == 1
    context.clock.put_forward(HOUR)
    await PLAN(context)
    _, second = await runs_of(context, "concern-list")
    assert (7, 8) in RunInputs.of(second).pairs


async def test_a_slot_with_nothing_on_the_list_and_no_slots_make_no_run(with_catalogue, monkeypatch):
    context = with_catalogue
    await PLAN(context)
    await add(context.store, conjunction_event(NEAR, OTHER_NEAR, created_at=NOON + HOUR, **LIKELY))
    await PLAN(context)
    assert await runs_of(context, "concern-list") == []
    monkeypatch.setenv("FAIRWAY_SCREENING__CONCERN_LIST_SLOTS", "[]")
    context.clock.put_forward(24 * HOUR)
    await PLAN(context)
    assert await runs_of(context, "concern-list") == []


async def events_at_the_crossing(session):
    """By the number of the one that is not ours."""
    near = (ConjunctionEvent.tca > CROSSING - timedelta(minutes=1)) & (
        ConjunctionEvent.tca < CROSSING + timedelta(minutes=1)
    )
    return {
        row.norad_cat_id_low + row.norad_cat_id_high - OURS: row
        for row in await session.scalars(select(ConjunctionEvent).where(near))
    }


async def test_a_pair_of_the_list_is_told_of_anew_and_one_that_is_clear_now_is_mitigated(embedded, monkeypatch):
    """Of three that meet at one place, two are ours' events; a newer catalogue has one of them far away."""
    monkeypatch.setenv("FAIRWAY_SCREENING__CONCERN_LIST_SLOTS", '["08:30"]')
    monkeypatch.setattr(concern_list, "_DAYS", 0.05)  # they meet twice a revolution
    north = organization("Northern Orbits", service_level="advanced")
    await add(embedded.store, north, satellite(OURS, north))
    first = crossing_catalogue()
    await load(embedded, north, first)
    run_id = new_id()
    request = {"all": True, "hours": 2}
    await emit(embedded, ScreeningRequestedV1(run_id=run_id, requested_by="t", organization_id=None, request=request))
    await deliver(embedded, CONSUMERS)
    async with embedded.store.read() as session:
        before = await events_at_the_crossing(session)
        whole = await session.get(ScreeningRun, run_id)
    assert set(before) == {UNOWNED, THEIRS}
    assert whole.approach_count >= 3, "the others' own approach is among them"

    anomalies = first.elements.mean_anomaly_deg + np.where(first.elements.norad_cat_id == UNOWNED, 30.0, 0.0)
    moved = dataclasses.replace(first, elements=dataclasses.replace(first.elements, mean_anomaly_deg=anomalies))
    embedded.clock.put_forward(timedelta(minutes=31))
    await load(embedded, north, moved, accepted_at=embedded.clock.now())
    await PLAN(embedded)
    await deliver(embedded, CONSUMERS)
    (run,) = await runs_of(embedded, "concern-list")
    assert run.state == "completed", run.reason
    found = approaches(await embedded.objects.get(run.approaches_key))
    pairs = {(each.norad_cat_id_1, each.norad_cat_id_2) for each in found}
    assert pairs == {(OURS, THEIRS)}, "and not the two others, which meet as well but are nobody's concern"
    async with embedded.store.read() as session:
        after = await events_at_the_crossing(session)
        made = (await session.scalars(select(Cdm).where(Cdm.run_id == run.id))).all()
    assert after[UNOWNED].state == "mitigated"
    assert (after[THEIRS].state, after[THEIRS].id) == ("active", before[THEIRS].id)
    assert after[THEIRS].latest_cdm_id in {each.id for each in made}


def columns_of(number):
    """An ephemeris of two hours in the orbit of `element_sets`."""
    tai_ns = np.arange(from_datetime(NOON), from_datetime(NOON + 2 * HOUR), 60_000_000_000)
    r, v, _ = Propagator(element_sets(number).elements).propagate(tai_ns)
    segment = EphemerisSegment(tai_ns, r[0], v[0], int(tai_ns[0]), int(tai_ns[-1]))
    return ephemeris_to_columns(Trajectory(f"e{number}", number, (segment,)))


async def fleet(context, *numbers, stop_time=NOON + timedelta(days=3), **values):
    """Operational ephemerides of an organization each, accepted one after the other until an hour before noon."""
    found = []
    for place, number in enumerate(numbers):
        owner = organization(f"Owner {number}")
        paper = document(owner, f"{number}.oem")
        content = columns_of(number)
        row = ephemeris(
            paper,
            number,
            columns_sha256=sha256(content).hexdigest(),
            accepted_at=NOON - 24 * HOUR + place * HOUR,
            stop_time=stop_time,
            **values,
        )
        await context.objects.put(row.columns_key, content)
        await add(context.store, owner, satellite(number, owner), paper, row)
        found.append(row)
    return found


async def test_operational_ephemerides_are_screened_against_each_other_every_eight_hours(embedded):
    first, second, third = await fleet(embedded, NEAR, OTHER_NEAR, DEEP)
    await fleet(embedded, 7, designation="special")
    await PLAN(embedded)
    await PLAN(embedded)
    runs = await runs_of(embedded, "ephemeris-ephemerides")
    screened = {run.ephemeris_id: [each.id for each in RunInputs.of(run).secondary_ephemerides] for run in runs}
    assert screened == {second.id: [first.id], third.id: [first.id, second.id]}, "each pair once"
    assert {(run.urgency, run.requested_by, run.state) for run in runs} == {("bulk", "screening.schedule", "running")}
    embedded.clock.put_forward(3 * HOUR)
    await PLAN(embedded)
    assert len(await runs_of(embedded, "ephemeris-ephemerides")) == 2
    embedded.clock.put_forward(HOUR)  # noon in New York
    await PLAN(embedded)
    assert len(await runs_of(embedded, "ephemeris-ephemerides")) == 4


async def test_an_ephemeris_that_was_accepted_since_the_slot_has_had_its_run(embedded):
    await fleet(embedded, NEAR)
    (late,) = await fleet(embedded, OTHER_NEAR)
    late.accepted_at = NOON - HOUR
    await add(embedded.store, late)
    await PLAN(embedded)
    assert await runs_of(embedded, "ephemeris-ephemerides") == []


@pytest.mark.parametrize(
    ("numbers", "hours_left", "is_screened"),
    [
        ((NEAR, OTHER_NEAR), 8.1, True),
        ((NEAR, OTHER_NEAR), 7.9, False),
        ((DEEP, OTHER_DEEP), 12.1, True),
        ((DEEP, OTHER_DEEP), 11.9, False),
    ],
)
async def test_until_too_little_of_it_is_left(embedded, numbers, hours_left, is_screened):
    await fleet(embedded, *numbers, stop_time=NOON + hours_left * HOUR)
    await PLAN(embedded)
    assert len(await runs_of(embedded, "ephemeris-ephemerides")) == is_screened


@pytest.mark.parametrize(("hours", "is_screened"), [(23, False), (24, True)])
async def test_without_a_new_catalogue_an_operational_ephemeris_is_screened_once_a_day(
    with_catalogue, hours, is_screened
):
    (own,) = await fleet(with_catalogue, NEAR)
    earlier = screening_run(None, ephemeris_id=own.id, kind="ephemeris-catalogue", requested_at=NOON - hours * HOUR)
    await add(with_catalogue.store, earlier)
    await PLAN(with_catalogue)
    await PLAN(with_catalogue)
    runs = await runs_of(with_catalogue, "ephemeris-catalogue")
    assert len(runs) == 1 + is_screened
    assert [run.requested_by for run in runs[1:]] == ["screening.schedule"] * is_screened
