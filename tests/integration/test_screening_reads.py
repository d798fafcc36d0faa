"""Lists of events, messages and coverage: filtered, page by page, and only what one may see, on both databases."""

from datetime import timedelta

import pytest
from support.embedded import NOON
from support.rows import add, cdm, conjunction_event, organization, screening_run

from records.identity.visibility import Viewer
from records.screening import reads
from records.screening.tables import CoverageException

HOUR = timedelta(hours=1)


@pytest.fixture
async def sky(store):
    """Two organizations and five events: three of the first, one of both, one of nobody, and one that was merged."""
    north, south = organization("Northern Orbits"), organization("Southern Orbits")
    events = [
        conjunction_event(5, 9, tca=NOON + HOUR, organization_id_low=north.id, miss_distance_m=900.0),
        conjunction_event(5, 9, tca=NOON + HOUR, organization_id_low=north.id, collision_probability=None),
        conjunction_event(
            5,
            7,
            tca=NOON + 2 * HOUR,
            organization_id_low=north.id,
            organization_id_high=south.id,
            level="reportable",
            collision_probability=1e-6,
        ),
        conjunction_event(8, 9, tca=NOON + 3 * HOUR, state="passed"),
        conjunction_event(5, 9, tca=NOON, organization_id_low=north.id, redirect_to="0", state="superseded"),
    ]
    await add(store, north, south, *events)
    return store, north, south, events


async def listed(store, viewer, **which):
    async with store.read() as session:
        return list(await reads.conjunctions(session, viewer, which=reads.ConjunctionFilter(**which)))


async def test_events_come_by_tca_and_pages_follow_each_other_without_gap_or_double(sky):
    store, _, _, events = sky
    pages, after = [], None
    async with store.read() as session:
        while page := await reads.conjunctions(session, reads.EVERYTHING, after=after, limit=1):
            pages += page
            after = (page[-1].tca, page[-1].id)
    assert [event.id for event in pages] == [
        event.id for event in sorted(events[:4], key=lambda event: (event.tca, event.id))
    ]


async def test_each_sees_the_events_it_is_in(sky):
    store, north, south, events = sky
    seen = {
        name: {event.id for event in await listed(store, viewer)}
        for name, viewer in {
            "north": Viewer(north.id, is_staff=False),
            "south": Viewer(south.id, is_staff=False),
            "nobody": Viewer(None, is_staff=False),
        }.items()
    }
    assert seen == {"north": {event.id for event in events[:3]}, "south": {events[2].id}, "nobody": set()}
    async with store.read() as session:
        assert await reads.conjunction(session, events[0].id, Viewer(south.id, is_staff=False)) is None
        assert (await reads.conjunction(session, events[4].id)).redirect_to == "0"


@pytest.mark.parametrize(
    ("which", "indices"),
    [
        ({"norad_cat_id": 9}, {0, 1, 3}),
        ({"norad_cat_id": 7}, {2}),
        ({"tca_from": NOON + 2 * HOUR}, {2, 3}),
        ({"tca_to": NOON + 2 * HOUR}, {0, 1, 2}),
        ({"minimum_probability": 1e-5}, {0, 3}),
        ({"maximum_miss_distance_m": 500.0}, {1, 2, 3}),
        ({"state": "passed"}, {3}),
        ({"level": "reportable"}, {2}),
        ({"norad_cat_id": 5, "level": "emergency", "tca_from": NOON}, {0, 1}),
    ],
)
async def test_a_filter_leaves_only_what_fits(sky, which, indices):
    store, _, _, events = sky
    assert {event.id for event in await listed(store, reads.EVERYTHING, **which)} == {events[i].id for i in indices}


async def test_messages_are_found_by_event_run_recipient_and_satellite(sky):
    store, north, south, events = sky
    run = screening_run(north)
    messages = [
        cdm(north, events[2], 5, 7, organization_id_2=south.id, run_id=run.id, creation_date=NOON + HOUR),
        cdm(south, events[2], 7, 5, organization_id_2=north.id, run_id=run.id, creation_date=NOON),
        cdm(None, events[3], 8, 9, creation_date=NOON + 2 * HOUR),
    ]
    await add(store, run, *messages)
    ids = [message.id for message in messages]

    async def found(viewer=reads.EVERYTHING, **which):
        async with store.read() as session:
            return [row.id for row in await reads.cdms(session, viewer, which=reads.CdmFilter(**which))]

    assert await found() == [ids[2], ids[0], ids[1]]  # the newest first
    assert await found(Viewer(south.id, is_staff=False)) == [ids[0], ids[1]]  # also the other side's
    assert await found(norad_cat_id=8) == [ids[2]]
    assert await found(event_id=events[2].id) == [ids[0], ids[1]]
    async with store.read() as session:
        assert [row.id for row in await reads.cdms_of_event(session, events[2].id)] == [ids[1], ids[0]]
        assert [row.id for row in await reads.cdms_of_run(session, run.id, recipient_id=south.id)] == [ids[1]]
        assert [row.id for row in await reads.conjunctions_of_run(session, run.id)] == [events[2].id]
        assert await reads.cdm(session, ids[2], Viewer(north.id, is_staff=False)) is None
        assert (await reads.cdm(session, ids[1], Viewer(north.id, is_staff=False))).id == ids[1]
        last = await reads.cdms(session, reads.EVERYTHING, after=(NOON + HOUR, ids[0]))
        assert [row.id for row in last] == [ids[1]]


async def test_what_was_not_screened_is_read_page_by_page(store):
    north = organization()
    run = screening_run(north)
    rows = [
        CoverageException(
            run_id=run.id,
            ordinal=ordinal,
            norad_cat_id=100 + ordinal,
            designator=None,
            reason="decayed" if ordinal % 2 else "element-set-too-old",
            from_time=NOON,
            to_time=NOON + HOUR,
        )
        for ordinal in range(5)
    ]
    await add(store, north, run, *rows)
    async with store.read() as session:
        first = await reads.coverage_exceptions(session, run.id, limit=3)
        rest = await reads.coverage_exceptions(session, run.id, after=first[-1].ordinal)
        decayed = await reads.coverage_exceptions(session, run.id, reason="decayed")
    assert [row.norad_cat_id for row in [*first, *rest]] == [100, 101, 102, 103, 104]
    assert [row.norad_cat_id for row in decayed] == [101, 103]
