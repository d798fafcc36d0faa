"""Thirty days with Space-Track: forty organizations, an active gateway and two standing by, faults and takeovers.

Nothing is lost, doubled or sent twice, and the account's limits are never passed: by the site's own log.
"""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import pytest_asyncio
from sqlalchemy import select
from support.gateway import make_station
from support.spacetrack import IDENTITY
from support.spacetrack_month import Month

from records.spacetrack_gateway.events import FeedUpdatedV1
from records.spacetrack_gateway.tables import SpaceTrackCdm, SpaceTrackRequest, Submission
from servicekit.store.plumbing import OutboxRow
from spacetrack_gateway.feed import STALE_AFTER
from spacetrack_simulator import most_within

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SEED = 20_240_917
A_STEP = timedelta(minutes=45)
"""The month passes in steps of half an hour, and a pull is good a little after it was answered."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def month(tmp_path_factory: pytest.TempPathFactory, sqlite_template) -> AsyncIterator[Month]:
    """The month, lived through."""
    async with make_station(tmp_path_factory.mktemp("month"), sqlite_template) as station:
        month = Month(station, SEED)
        await month.furnish(40)
        await month.live(30, uploads_a_day=8, messages_a_day=40)
        yield month


async def test_the_limits_were_never_passed_in_any_window(month: Month):
    log = month.station.site.simulator.log.all(account=IDENTITY)
    assert most_within(log, 60.0) <= 25
    assert most_within(log, 3600.0) <= 250
    assert month.station.site.simulator.police.mails() == []
    assert (await month.station.account_now()).state == "active"


async def test_every_message_is_there_once(month: Month):
    at_the_site = month.station.site.simulator.store.select("SELECT CDM_ID, GID FROM expandedspacedata_cdm")
    async with month.station.ctx.store.read() as session:
        stored = (await session.execute(select(SpaceTrackCdm.cdm_id, SpaceTrackCdm.gid))).all()
    assert len(at_the_site) > 1200
    assert Counter((cdm_id, str(gid)) for cdm_id, gid in stored) == Counter(
        (row["CDM_ID"], str(row["GID"])) for row in at_the_site
    )


async def test_every_message_went_to_the_organization_that_it_is_for(month: Month):
    owners = {str(operator.gid): operator.organization.id for operator in month.operators}
    async with month.station.ctx.store.read() as session:
        rows = (await session.execute(select(SpaceTrackCdm.gid, SpaceTrackCdm.organization_id))).all()
    assert {(gid, organization) for gid, organization in rows} <= set(owners.items())


async def test_every_ephemeris_is_present_once_or_was_superseded_before_it_was_sent(month: Month):
    async with month.station.ctx.store.read() as session:
        submissions = {row.ephemeris_id: row for row in await session.scalars(select(Submission))}
    assert submissions.keys() == {ephemeris.id for ephemeris in month.ephemerides}
    states = Counter(row.state for row in submissions.values())
    assert states.keys() <= {"screened", "not-screened", "superseded"}, states
    assert states["screened"] > 200
    files = month.station.site.simulator.files.files()
    assert Counter(file.name for file in files) == Counter(
        row.remote_name for row in submissions.values() if row.state != "superseded"
    )
    proofs = {row.remote_name: row.content_sha256 for row in submissions.values()}
    assert {file.name: file.sha256 for file in files}.items() <= proofs.items()


async def test_screened_files_are_joined_with_the_messages_that_name_them(month: Month):
    async with month.station.ctx.store.read() as session:
        named = Counter(await session.scalars(select(SpaceTrackCdm.submission_id)))
        submissions = (await session.scalars(select(Submission).where(Submission.state == "screened"))).all()
    assert {row.id for row in submissions} <= named.keys()


async def test_it_was_told_once_of_every_silence_and_of_its_end(month: Month):
    pulls = month.station.site.simulator.log.all(class_name="expandedspacedata/cdm")
    good = [datetime.fromisoformat(pull.at) for pull in pulls if pull.outcome in {"ok", "empty"}]
    silences = [later - earlier for earlier, later in pairwise(good)]
    surely = sum(silence > STALE_AFTER + A_STEP for silence in silences)
    perhaps = sum(silence > STALE_AFTER - A_STEP for silence in silences)
    async with month.station.ctx.store.read() as session:
        events = await session.scalars(
            select(OutboxRow).where(OutboxRow.topic == FeedUpdatedV1.topic).order_by(OutboxRow.id)
        )
        told = [event.payload["state"] for event in events]
    assert surely >= 3
    assert surely <= told.count("failing") <= perhaps
    assert told == ["working", *["failing", "working"] * told.count("failing")]


async def test_there_was_enough_trouble_to_prove_anything(month: Month):
    kinds = {what.partition(":")[0].partition(" ")[0] for _, what in month.wounds}
    assert kinds == {"outage", "page", "rows", "upload", "session", "limit", "death"}
    assert month.takeovers >= 10
    assert month.long_outages == 3
    async with month.station.ctx.store.read() as session:
        gateways = set(await session.scalars(select(SpaceTrackRequest.gateway).distinct()))
    assert len(gateways) > 5
