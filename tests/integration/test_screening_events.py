"""Conjunction events follow from their messages alone, in whatever order these come, on both databases."""

from dataclasses import asdict
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select
from support.embedded import NOON, MovableClock
from support.rows import add, cdm, organization, satellite, screening_run

from assessment.cdm_summary import CdmSummary
from astrodynamics.timescales import from_datetime
from records.screening.reads import conjunction, conjunctions
from records.screening.reads.runs import EVERYTHING
from records.screening.tables import Cdm, ConjunctionEvent, PairRescreening
from screening.conjunctions.regroup import regroup
from servicekit.store import Actor
from servicekit.store.plumbing import AuditEntry, Change, ChangeAudience, OutboxRow
from servicekit.tracing import TraceContext, within

PAIR = (5, 9)
BASIS = "ephemeris-catalogue operational sphere:5"


@pytest.fixture
def store(store):
    """The database, at noon."""
    store.clock = MovableClock.starting_at(NOON)
    return store


def message(of, minutes, *, age_h=0, miss_m=100.0, level="reportable", originator="FAIRWAY", basis=BASIS, run=None):
    """A message whose closest approach lies `minutes` after noon of the next day."""
    tca = NOON + timedelta(days=1, minutes=minutes)
    creation = NOON - timedelta(hours=10 - age_h)
    summary = CdmSummary(
        message_id=f"{originator}-{minutes}-{age_h}",
        originator=originator,
        recipient=of.id,
        creation_date=creation,
        norad_cat_id_1=5,
        norad_cat_id_2=9,
        tca=tca,
        tca_tai_ns=from_datetime(tca),
        miss_distance_m=miss_m,
        relative_speed_m_s=14_000.0,
        relative_position_rtn_m=(1.0, 2.0, 3.0),
        collision_probability=None,
        probability_method=None,
        probability_reason="no_covariance",
        maximum_probability=1e-5,
        hard_body_radius_m=10.0,
        regime="near-earth",
        level=level,
        period_1_min=95.0,
        period_2_min=96.0,
        screening_start=None,
        screening_stop=None,
        has_covariance_1=False,
        has_covariance_2=False,
        basis=basis,
    )
    return cdm(
        of,
        None,
        5,
        9,
        run_id=run,
        source="fairway" if originator == "FAIRWAY" else "space-track",
        originator=originator,
        message_id=summary.message_id,
        tca=tca,
        tca_tai_ns=summary.tca_tai_ns,
        creation_date=creation,
        miss_distance_m=miss_m,
        level=level,
        collision_probability=None,
        summary={"cdm_summary": summary.to_dict()},
    )


async def group_after_each(store, messages):
    for each in messages:
        async with store.write(Actor.service("screening")) as unit:
            unit.session.add(each)
            await unit.session.flush()
            await regroup(unit, [PAIR])


async def events_of(store):
    async with store.read() as session:
        return list(await conjunctions(session, EVERYTHING))


def content(event):
    return (event.tca, event.state, event.level, event.cdm_count, event.miss_distance_m, event.smallest_miss_distance_m)


async def test_messages_make_the_same_events_in_whatever_order_they_come(store):
    owner = organization()
    await add(store, owner, satellite(5, owner))
    outcomes = set()
    for order in permutations(range(4)):
        messages = [
            message(owner, 0, age_h=0, miss_m=300.0),
            message(owner, 15, age_h=1, miss_m=200.0, originator="18 SDS"),  # joins the one before and the one after
            message(owner, 30, age_h=2, miss_m=250.0),
            message(owner, 95, age_h=3, miss_m=50.0, level="emergency"),  # the next passage
        ]
        await group_after_each(store, [messages[index] for index in order])
        events = await events_of(store)
        outcomes.add(tuple(content(event) for event in events))
        async with store.read() as session:
            assert {row.event_id for row in await session.scalars(select(Cdm))} == {event.id for event in events}
        async with store.write(Actor("system", "test")) as unit:
            for table in (Cdm, ConjunctionEvent):
                for row in await unit.session.scalars(select(table)):
                    await unit.session.delete(row)
    assert len(outcomes) == 1
    (events,) = outcomes
    assert [event[3] for event in events] == [3, 1]
    assert {event[1] for event in events} == {"active"}
    assert [event[2] for event in events] == ["reportable", "emergency"]
    assert events[0][4:] == (250.0, 200.0)


async def test_a_merge_leaves_a_redirect_and_events_tell_both_organizations(store):
    owner, other = organization(), organization("Southern Orbits")
    await add(store, owner, other, satellite(5, owner), satellite(9, other))
    first, third, second = message(owner, 0), message(owner, 30, age_h=2), message(owner, 15, age_h=1)
    await group_after_each(store, [first, third])
    before = await events_of(store)
    assert len(before) == 2
    traced = TraceContext("a" * 32, None)
    async with store.write(Actor.service("screening")) as unit:
        unit.session.add(second)
        await unit.session.flush()
        await regroup(unit, [PAIR], lambda _: within(traced))
    (survivor,) = await events_of(store)
    merged = next(event for event in before if event.id != survivor.id)
    async with store.read() as session:
        row = await conjunction(session, merged.id)
        assert (row.redirect_to, row.state) == (survivor.id, "superseded")
        audience = (await session.scalars(select(ChangeAudience.organization_id))).all()
        changes = (await session.scalars(select(Change).where(Change.kind == "conjunction.merged"))).all()
        noted = (await session.scalars(select(AuditEntry).where(AuditEntry.action == "conjunction.merged"))).all()
    assert [entry.trace_id for entry in noted] == [traced.trace_id], "it belongs to what brought the message"
    assert set(audience) == {owner.id, other.id}
    assert [change.subject_id for change in changes] == [merged.id]
    assert survivor.organization_id_low == owner.id
    assert survivor.organization_id_high == other.id


async def test_a_message_has_the_owners_that_its_event_has(store):
    owner, other = organization(), organization("Southern Orbits")
    await add(store, owner, other, satellite(5, owner))
    await group_after_each(store, [message(owner, 0)])
    await add(store, satellite(9, other))
    await group_after_each(store, [message(owner, 10, age_h=1)])
    async with store.read() as session:
        messages = (await session.scalars(select(Cdm))).all()
    assert {(each.organization_id_1, each.organization_id_2) for each in messages} == {(owner.id, other.id)}


async def test_what_does_not_change_is_not_told_again(store):
    owner = organization()
    await add(store, owner, satellite(5, owner))
    await group_after_each(store, [message(owner, 0, level="emergency")])
    async with store.write(Actor.service("screening")) as unit:
        assert await regroup(unit, [PAIR]) == []
    async with store.read() as session:
        told = (await session.scalars(select(OutboxRow))).all()
        (event,) = await conjunctions(session, EVERYTHING)
    assert [(row.topic, row.payload["reasons"], row.payload["level"]) for row in told] == [
        ("conjunction.updated.v1", ["new"], "emergency")
    ]
    assert event.row_version == 1


async def test_a_later_message_that_changes_nothing_material_moves_the_event_but_wakes_nobody(store):
    owner = organization()
    await add(store, owner, satellite(5, owner))
    await group_after_each(store, [message(owner, 0), message(owner, 0, age_h=1, miss_m=99.0)])
    async with store.read() as session:
        told = (await session.scalars(select(OutboxRow))).all()
        (event,) = await conjunctions(session, EVERYTHING)
    assert len(told) == 1
    assert (event.row_version, event.cdm_count, event.miss_distance_m) == (2, 2, 99.0)
    assert [entry["miss_distance_m"] for entry in event.history] == [100.0, 99.0]


@pytest.mark.parametrize(
    ("basis", "later_h", "state", "level"),
    [
        (BASIS, 1, "mitigated", "none"),
        ("ephemeris-ephemerides operational sphere:5", 1, "active", "reportable"),
        (BASIS, -1, "active", "reportable"),
    ],
)
async def test_a_clear_screening_answers_a_message_of_its_own_kind_that_is_older(store, basis, later_h, state, level):
    owner, run = organization(), screening_run(None)
    await add(store, owner, satellite(5, owner), run)
    await group_after_each(store, [message(owner, 0)])
    again = PairRescreening(
        run_id=run.id,
        norad_cat_id_1=5,
        norad_cat_id_2=9,
        norad_cat_id_low=5,
        norad_cat_id_high=9,
        originator="FAIRWAY",
        basis=basis,
        start_time=NOON,
        stop_time=NOON + timedelta(days=3),
        screened_at=NOON - timedelta(hours=10) + timedelta(hours=later_h),
    )
    async with store.write(Actor.service("screening")) as unit:
        unit.session.add(again)
        await unit.session.flush()
        await regroup(unit, [PAIR])
    (event,) = await events_of(store)
    assert (event.state, event.level) == (state, level)


def test_a_summary_survives_its_way_through_a_row():
    kept = message(organization(), 3).summary["cdm_summary"]
    assert asdict(CdmSummary.from_dict(kept)) == asdict(CdmSummary.from_dict(CdmSummary.from_dict(kept).to_dict()))
