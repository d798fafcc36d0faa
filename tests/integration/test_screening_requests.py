"""What somebody asks to be screened becomes a run, or is refused with the reason."""

from datetime import timedelta

import pytest
from support.embedded import NOON, deliver, emit
from support.planning import PLANNING, a_catalogue, accepted, asked, events_of, runs_of

from records.identity.visibility import Viewer
from records.screening import reads
from records.screening.events import ScreeningCompletedV1
from screening.runs.inputs import RunInputs
from servicekit.store import Actor


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
