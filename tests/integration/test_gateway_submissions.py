"""The gateway holds each accepted ephemeris, says every reason, and says what its feed lacks."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from support import rows
from support.embedded import NOON, deliver, emit, make_context

from records.identity.visibility import Viewer
from records.ingest_api.events import EphemerisWithdrawnV1
from records.spacetrack_gateway.reads import feeds, submissions, submissions_that_follow_from
from records.spacetrack_gateway.tables import Feed, Submission
from records.validator.events import EphemerisAcceptedV1
from records.validator.tables import Ephemeris
from servicekit.context import Context
from servicekit.store import Actor, Store
from servicekit.store.plumbing import Change, ChangeAudience, OutboxRow
from spacetrack_gateway.feed import report_feed
from spacetrack_gateway.module import MODULE


async def _accepted(context: Context, **values: object) -> Ephemeris:
    owner = rows.organization()
    document = rows.document(owner)
    ephemeris = rows.ephemeris(document, 61604, **values)
    await rows.add(context.store, owner, document, ephemeris)
    await emit(context, EphemerisAcceptedV1(ephemeris_id=ephemeris.id, row_version=1))
    return ephemeris


async def test_an_ephemeris_bears_on_the_one_in_use_and_on_the_one_whose_place_it_took_however_many_there_were(
    embedded: Context,
):
    owner = rows.organization()
    papers = [rows.document(owner, f"{place}.oem", sha256=f"{place:064}") for place in range(4)]
    line = [
        rows.ephemeris(paper, 61604, accepted_at=NOON + timedelta(hours=place), is_active=paper is papers[-1])
        for place, paper in enumerate(papers)
    ]
    for older, newer in pairwise(line):
        older.superseded_by = newer.id
    await rows.add(embedded.store, owner, *papers, *line)
    async with embedded.store.read() as session:
        found = {each.id: [other.id for other, _ in await submissions_that_follow_from(session, each)] for each in line}
    first, second, third, newest = (each.id for each in line)
    assert found == {
        first: [first, newest],
        second: [first, second, newest],
        third: [second, third, newest],
        newest: [third, newest],
    }


async def _submission(store: Store, ephemeris: Ephemeris) -> Submission:
    async with store.read() as session:
        return (await session.scalars(select(Submission).where(Submission.ephemeris_id == ephemeris.id))).one()


async def test_an_accepted_ephemeris_is_held_with_every_reason(embedded: Context):
    ephemeris = await _accepted(embedded)
    await deliver(embedded, MODULE.consumers)

    submission = await _submission(embedded.store, ephemeris)
    assert submission.state == "held"
    assert [reason["code"] for reason in submission.reasons] == ["no-consent", "no-account"]
    assert all(reason["what"] and reason["who"] for reason in submission.reasons)


async def test_in_a_replay_that_nothing_leaves_is_the_first_reason(tmp_path, store: Store):
    async with make_context(store, tmp_path, replay=True) as context:
        ephemeris = await _accepted(context)
        await deliver(context, MODULE.consumers)
        submission = await _submission(store, ephemeris)
    assert submission.reasons[0]["code"] == "replay"


async def test_the_owner_learns_of_the_submission_from_the_change_feed(embedded: Context):
    ephemeris = await _accepted(embedded)
    await deliver(embedded, MODULE.consumers)

    async with embedded.store.read() as session:
        change = (await session.scalars(select(Change).where(Change.kind == "submission.updated"))).one()
        audience = (await session.scalars(select(ChangeAudience.organization_id))).all()
        event = (await session.scalars(select(OutboxRow).where(OutboxRow.topic == "submission.updated.v1"))).one()
    assert change.detail["ephemeris_id"] == ephemeris.id
    assert list(audience) == [ephemeris.organization_id]
    assert event.payload["state"] == "held"


@pytest.mark.parametrize("order", ["accepted first", "withdrawn first"])
async def test_a_withdrawn_ephemeris_is_not_held_whatever_the_order_of_events(embedded: Context, order: str):
    ephemeris = await _accepted(embedded)
    if order == "accepted first":
        await deliver(embedded, MODULE.consumers)
    await _set(embedded.store, ephemeris, withdrawn_at=NOON, is_active=False)
    await emit(embedded, EphemerisWithdrawnV1(ephemeris_id=ephemeris.id, row_version=2))
    await deliver(embedded, MODULE.consumers)

    submission = await _submission(embedded.store, ephemeris)
    assert (submission.state, submission.reasons) == ("withdrawn", [])


async def test_a_restored_ephemeris_is_held_again(embedded: Context):
    ephemeris = await _accepted(embedded, withdrawn_at=NOON, is_active=False)
    await deliver(embedded, MODULE.consumers)
    await _set(embedded.store, ephemeris, withdrawn_at=None, is_active=True)
    await emit(embedded, EphemerisWithdrawnV1(ephemeris_id=ephemeris.id, row_version=3))
    await deliver(embedded, MODULE.consumers)

    submission = await _submission(embedded.store, ephemeris)
    assert (submission.state, submission.row_version) == ("held", 2)


async def test_what_a_newer_ephemeris_supersedes_is_no_longer_held(embedded: Context):
    older = await _accepted(embedded)
    await deliver(embedded, MODULE.consumers)
    document = rows.document(rows.organization(id=older.organization_id), "newer.oem")
    newer = rows.ephemeris(document, 61604, accepted_at=NOON + timedelta(minutes=1))
    await rows.add(embedded.store, document, newer)
    await _set(embedded.store, older, superseded_by=newer.id, is_active=False)
    await emit(embedded, EphemerisAcceptedV1(ephemeris_id=newer.id, row_version=1))
    await deliver(embedded, MODULE.consumers)

    assert (await _submission(embedded.store, older)).state == "superseded"
    assert (await _submission(embedded.store, newer)).state == "held"


async def test_the_feed_is_not_configured_and_says_who_must_do_what(embedded: Context):
    await report_feed(embedded)
    await report_feed(embedded)

    async with embedded.store.read() as session:
        feed = (await feeds(session, Viewer(None, is_staff=True)))[0]
        told = (await session.scalars(select(Change).where(Change.kind == "feed.updated"))).all()
    assert (feed.name, feed.state) == ("space-track", "not-configured")
    assert [step["code"] for step in feed.missing] == [
        "sharing-agreement",
        "account-in-good-standing",
        "our-address-added",
        "folder-grant",
        "access-confirmed",
        "finished-by-administrator",
    ]
    assert "Receive CDM Email Alerts not selected" in feed.missing[2]["what"]
    assert len(told) == 1, "a feed that stands as before is no news"


async def test_addresses_of_the_checklist_are_settings(embedded: Context, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FAIRWAY_SPACE_TRACK__CUSTOMER_SERVICE_ADDRESS", "desk@space-track.test")
    await report_feed(embedded)

    async with embedded.store.read() as session:
        feed = await session.get(Feed, "space-track")
    assert feed is not None
    assert "desk@space-track.test" in feed.missing[3]["who"]


async def test_submissions_are_listed_newest_first_page_by_page(store: Store):
    owner = rows.organization()
    other = rows.organization("Southern Orbits")
    await rows.add(store, owner, other)
    made = []
    for number, holder in enumerate((owner, owner, owner, other)):
        document = rows.document(holder, f"{number}.oem")
        ephemeris = rows.ephemeris(document, 61604)
        made.append(
            rows.submission(ephemeris, id=f"submission-{number}", created_at=NOON + timedelta(seconds=number // 2))
        )
        await rows.add(store, document, ephemeris, made[-1])

    viewer = Viewer(owner.id, is_staff=False)
    async with store.read() as session:
        first = await submissions(session, viewer, limit=2)
        rest = await submissions(session, viewer, after=(first[-1].created_at, first[-1].id))
    assert [row.id for row in (*first, *rest)] == ["submission-2", "submission-1", "submission-0"]


async def _set(store: Store, ephemeris: Ephemeris, **values: object) -> None:
    async with store.write(Actor("system", "test")) as unit:
        row = await unit.session.get(Ephemeris, ephemeris.id)
        for name, value in values.items():
            setattr(row, name, value)
