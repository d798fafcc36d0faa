"""What turns bad about Space-Track is told by mail once, and once when it is well again: to those whom it concerns."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from support import rows
from support.embedded import deliver, mails
from support.gateway import ADMIN, Station
from support.spacetrack import IDENTITY

from notifier.module import MODULE as NOTIFIER
from records.spacetrack_gateway import reads
from records.spacetrack_gateway.feed_names import feed_of_link
from records.spacetrack_gateway.writes import locked_account
from spacetrack_gateway.feed import report_feed, report_links
from spacetrack_gateway.measuring import measure
from spacetrack_simulator.faults import Outage, RowFaults

HOUR = timedelta(hours=1)
OPERATIONS, OPERATOR = "ops@fairway.example", "flight@aurora.example"
Look = Callable[[], Awaitable[list[tuple[str, str]]]]


@pytest.fixture
async def look(station: Station) -> Look:
    """Have the feeds reported, and return all mails so far: to whom, and the subject."""
    operations = rows.organization("Ops", is_operations=True)
    await rows.add(
        station.ctx.store,
        operations,
        *rows.member(operations, OPERATIONS, "admin"),
        *rows.member(station.aurora, OPERATOR, "operator"),
    )

    async def look() -> list[tuple[str, str]]:
        await report_feed(station.ctx)
        await report_links(station.ctx)
        await deliver(station.ctx, NOTIFIER.consumers)
        return [(mail["To"], mail["Subject"]) for mail in mails(station.ctx)]

    return look


def once_each(to: str, what: str) -> list[tuple[str, str]]:
    """The mails about a fault and its end, in the order of their subjects."""
    named = "The Space-Track link of Aurora" if to == OPERATOR else "The feed space-track"
    return [(to, f"{named} is in order again: {what}"), (to, f"{named} is not in order: {what}")]


async def test_an_outage_is_told_once_and_its_end_once(station: Station, look: Look):
    await station.run(timedelta(minutes=1))
    assert await look() == []
    station.site.simulator.fail(Outage(path=".*", style="503", seconds=10 * 3600))
    await station.run(timedelta(hours=9, minutes=5))
    failing = await look()
    assert sorted(failing) == [once_each(OPERATOR, "last pull")[1], once_each(OPERATIONS, "no recent pull")[1]]
    await station.run(timedelta(minutes=30))
    assert await look() == failing

    await station.run(2 * HOUR)
    both = sorted([*once_each(OPERATOR, "last pull"), *once_each(OPERATIONS, "no recent pull")])
    assert sorted(await look()) == both
    assert sorted(await look()) == both
    async with station.ctx.store.read() as session:
        feed = await reads.feed(session, "space-track")
    assert feed is not None
    assert feed.detail["accounts"][0]["budget"]["an_hour"] == 250
    await measure(station.ctx)
    exposition = station.ctx.metrics.exposition().decode()
    assert 'fairway_feed_failing{feed="space-track"} 0.0' in exposition


async def test_a_lost_folder_is_told_to_its_organization_and_so_is_a_new_grant(station: Station, look: Look):
    files = station.site.simulator.files
    await station.consent()
    await station.run(7 * HOUR)
    assert await look() == []
    for folder_id in (station.site.folder_id, station.site.maneuver_folder_id):
        files.revoke(IDENTITY, folder_id)
    await station.run(7 * HOUR)
    assert await look() == once_each(OPERATOR, "folder grant")[1:]
    text = str(mails(station.ctx)[0].get_body(("plain",)))
    assert "AURORA IMAGING" in text, "the name that the request for a new grant has to carry"
    await station.run(7 * HOUR)
    assert len(await look()) == 1
    for folder_id in (station.site.folder_id, station.site.maneuver_folder_id):
        files.grant(IDENTITY, folder_id, "rw")
    await station.run(7 * HOUR)
    assert await look() == once_each(OPERATOR, "folder grant")


async def test_it_is_told_again_when_it_is_lost_again(station: Station, look: Look):
    files = station.site.simulator.files
    for _ in range(2):
        files.grant(IDENTITY, station.site.folder_id, "rw")
        await station.run(7 * HOUR)
        await look()
        files.revoke(IDENTITY, station.site.folder_id)
        await station.run(7 * HOUR)
        await look()
    subjects = [subject for _, subject in await look()]
    assert (
        subjects
        == ["The Space-Track link of Aurora is in order again: folder grant"]
        + ["The Space-Track link of Aurora is not in order: folder grant"] * 2
    )


async def test_columns_that_are_gone_and_a_wrong_clock_are_told_to_those_who_run_the_service(
    station: Station, look: Look
):
    await station.run(HOUR)
    assert await look() == []
    station.site.simulator.faults.rows = RowFaults(classes={"satellite"}, missing_columns={"MANEUVERABLE"})
    await station.run(timedelta(days=1))
    async with station.ctx.store.write(ADMIN) as unit:
        account = await locked_account(unit, station.account.id)
        assert account is not None
        account.clock_skew_s = 200.0
    assert await look() == [
        once_each(OPERATIONS, "clock")[1],
        once_each(OPERATIONS, "columns missing")[1],
    ]
    station.site.simulator.faults.rows = RowFaults()
    await station.run(timedelta(days=1))
    async with station.ctx.store.write(ADMIN) as unit:
        account = await locked_account(unit, station.account.id)
        assert account is not None
        account.clock_skew_s = 2.0
    assert await look() == sorted([*once_each(OPERATIONS, "clock"), *once_each(OPERATIONS, "columns missing")])


async def test_a_file_that_space_track_does_not_take_is_told_to_its_organization(station: Station, look: Look):
    await station.consent()
    await station.run(HOUR)
    await look()
    station.site.simulator.faults.uploads.reject = "name"
    await station.add_ephemeris()
    await deliver(station.ctx, station.consumers)
    await station.run(HOUR)
    assert await look() == once_each(OPERATOR, "last push")[1:]


async def test_what_an_organization_has_not_begun_is_not_told(station: Station, look: Look):
    for folder_id in (station.site.folder_id, station.site.maneuver_folder_id):
        station.site.simulator.files.revoke(IDENTITY, folder_id)
    await station.run(timedelta(days=2))
    assert await look() == []


async def test_where_a_link_has_nobody_who_could_be_told_those_who_run_the_service_are(station: Station, look: Look):
    simulator = station.site.simulator
    gid = simulator.add_organization("BOREALIS", objects=(90003,))
    simulator.accounts.join(IDENTITY, gid)
    folder_id = simulator.add_folder("/Ephemeris/BOREALIS", gid=gid, grants={IDENTITY: "rw"})
    borealis = rows.organization("Borealis", space_track_title="BOREALIS", gid=str(gid))
    await rows.add(station.ctx.store, borealis)
    await station.run(HOUR)
    await look()
    simulator.files.revoke(IDENTITY, folder_id)
    await station.run(7 * HOUR)
    assert await look() == [(OPERATIONS, "The Space-Track link of Borealis is not in order: folder grant")]


async def test_an_operator_sees_the_feed_of_its_own_link_alone(station: Station, look: Look):
    from records.identity.visibility import Viewer

    await look()
    await rows.add(station.ctx.store, rows.organization("Borealis"))
    await look()
    async with station.ctx.store.read() as session:
        own = await reads.feeds(session, Viewer(station.aurora.id, is_staff=False))
        every = await reads.feeds(session, Viewer(None, is_staff=True))
    assert [feed.name for feed in own] == ["space-track", feed_of_link(station.aurora.id)]
    assert len(every) == 3
