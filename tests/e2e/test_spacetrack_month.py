"""Thirty days with Space-Track: forty organizations, an active gateway and two standing by, faults and takeovers.

Nothing is lost, doubled or sent twice, and the account's limits are never passed: by the site's own log. On SQLite
it is the whole month; on PostgreSQL a part of it, unless FAIRWAY_TEST_WHOLE_MONTHS=1.
"""

import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
import pytest_asyncio
from sqlalchemy import select
from support.databases import postgres_database
from support.embedded import mails
from support.gateway import make_station
from support.spacetrack import IDENTITY
from support.spacetrack_month import OPERATIONS, TOLD, Month, address_of

from records.spacetrack_gateway.tables import SpaceTrackCdm, SpaceTrackRequest, Submission
from spacetrack_gateway.feed import STALE_AFTER
from spacetrack_simulator import most_within

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

SEED = 20_240_917
A_STEP = timedelta(minutes=45)
"""The month passes in steps of half an hour, and a pull is good a little after it was answered."""


DAYS = {"sqlite": 30, "postgresql": 30 if os.environ.get("FAIRWAY_TEST_WHOLE_MONTHS") else 7}


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=list(DAYS))
async def month(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sqlite_template
) -> AsyncIterator[Month]:
    """The month, lived through."""
    async with AsyncExitStack() as stack:
        database = None
        if request.param == "postgresql":
            server, templates = (
                request.getfixturevalue("postgres_server"),
                request.getfixturevalue("postgres_templates"),
            )
            database = await stack.enter_async_context(postgres_database(server, templates))
        folder = tmp_path_factory.mktemp("month")
        station = await stack.enter_async_context(make_station(folder, sqlite_template, database=database))
        month = Month(station, SEED, days=DAYS[request.param])
        await month.furnish(40)
        await month.live(uploads_a_day=8, messages_a_day=40)
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
    assert len(at_the_site) > 40 * month.days
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
    assert states["screened"] > 6 * month.days
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
    mailed = Counter((mail["To"], mail["Subject"]) for mail in mails(month.station.ctx))
    bad, well = (
        mailed[OPERATIONS, f"The feed space-track is {how}: no recent pull"]
        for how in ("not in order", "in order again")
    )
    assert surely >= month.long_outages >= month.days // 10
    assert surely <= bad <= perhaps
    assert well == bad


async def test_operators_are_told_of_their_own_links_once_each(month: Month):
    """Their links are looked at every six hours, so that a silence that ended before may have been missed."""
    mailed = Counter((mail["To"], mail["Subject"]) for mail in mails(month.station.ctx))
    assert {to for to, _ in mailed} == {OPERATIONS, *map(address_of, range(TOLD))}
    for number in range(TOLD):
        to, link = address_of(number), f"The Space-Track link of OPERATOR {number:02d} is"
        bad = mailed[to, f"{link} not in order: last pull"]
        assert month.long_outages <= bad <= mailed[OPERATIONS, "The feed space-track is not in order: no recent pull"]
        assert mailed[to, f"{link} in order again: last pull"] == bad


async def test_there_was_enough_trouble_to_prove_anything(month: Month):
    kinds = {what.partition(":")[0].partition(" ")[0] for _, what in month.wounds}
    every = {"outage", "page", "rows", "upload", "session", "limit", "death"}
    assert kinds == every or (month.days < 30 and len(kinds) >= 3)
    assert month.takeovers >= month.days // 3
    assert month.long_outages == (month.days + 4) // 10
    async with month.station.ctx.store.read() as session:
        gateways = set(await session.scalars(select(SpaceTrackRequest.gateway).distinct()))
    assert len(gateways) >= 3
