"""Whatever Space-Track answers, no CDM is lost or doubled, no failure is taken for an empty result, no limit passed."""

import contextlib
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from support.crossing_orbits import crossing_catalogue
from support.embedded import deliver
from support.gateway import ADMIN, Station
from support.orbit_files import omm_csv
from support.spacetrack import IDENTITY, sample_cdm

from records.spacetrack_gateway.tables import Feed, SpaceTrackAccount, SpaceTrackRequest, Submission
from servicekit.store.plumbing import AuditEntry
from spacetrack_gateway.accounts.keeping import change_password
from spacetrack_gateway.accounts.vault import open_vault
from spacetrack_gateway.feed import report_feed
from spacetrack_gateway.pulling import pull
from spacetrack_gateway.syncing import elements
from spacetrack_gateway.work import gateway_of
from spacetrack_simulator.faults import Outage
from spacetrack_simulator.request_log import most_within

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def _add(station: Station, count: int, first: int = 1, **values: Any) -> None:
    messages = [sample_cdm(number) for number in range(first, first + count)]
    station.site.simulator.add_cdms(messages, gid=station.site.gid, **values)


async def _numbers(station: Station) -> list[int]:
    return [row.cdm_id for row in await station.pulled()]


async def test_a_wrong_password_stops_the_account_after_two_tries_and_calls_a_person(station: Station):
    station.site.simulator.accounts.add(IDENTITY, "another")
    await station.run(24 * HOUR)
    await report_feed(station.ctx)

    assert len(station.requests("login")) == 2
    account = await station.account_now()
    assert (account.state, account.stopped_reason) == (
        "stopped",
        "Space-Track refuses the account's name or password",
    )
    async with station.ctx.store.read() as session:
        feed = await session.get_one(Feed, "space-track")
    assert (feed.state, feed.missing[0]["code"]) == ("failing", "account-stopped")

    _add(station, 1)
    await change_password(station.ctx, open_vault(station.settings), ADMIN, account.id, "another")
    await station.run(HOUR)
    assert await _numbers(station) == [1]


async def test_words_of_a_lock_stop_the_account_at_once(station: Station):
    _add(station, 1)
    station.site.simulator.accounts.lock(IDENTITY, "queries per hour")
    await station.run(24 * HOUR)

    assert len(station.requests()) == 1
    assert (await station.account_now()).state == "stopped"
    async with station.ctx.store.read() as session:
        told = (
            await session.scalars(select(AuditEntry).where(AuditEntry.action == "space-track.account-stopped"))
        ).all()
    assert len(told) == 1


@pytest.mark.parametrize("style", ["500-text", "200-list", "200-object", "429"])
async def test_a_refusal_for_asking_too_much_is_not_an_empty_result(station: Station, style: Any):
    _add(station, 3)
    limits = station.site.simulator.faults.rate_limits
    limits.style, limits.refuse_next = style, 0
    await station.run(MINUTE)
    _add(station, 3, first=4)
    limits.refuse_next = 2
    task = await station.task("cdm")
    await station.run(timedelta(hours=9))

    assert await _numbers(station) == [1, 2, 3, 4, 5, 6]
    assert (await station.task("cdm")).cursor["watermark"] == 6
    assert task.cursor["watermark"] == 3
    outcomes = await _outcomes(station)
    assert outcomes.count("rate-limited") == 2


@pytest.mark.parametrize("expiry", ["401", "html"])
async def test_a_session_that_ends_in_the_middle_of_a_pull_is_begun_again(station: Station, expiry: Any):
    _add(station, 25)
    station.site.simulator.faults.sessions.expiry = expiry
    gateway = station.gateway(page_rows=10, requests_a_minute=3)
    await gateway.run_due()
    assert len(await _numbers(station)) < 25
    station.site.simulator.accounts.end_sessions()
    await station.run(timedelta(minutes=20), [gateway])

    assert await _numbers(station) == list(range(1, 26))
    assert len(station.requests("login")) == 2


@pytest.mark.parametrize("style", ["502", "503", "504", "500-html", "200-html", "reset", "hang", "truncated", "cut"])
async def test_an_outage_of_two_hours_loses_nothing(station: Station, style: Any):
    await station.run(MINUTE)
    _add(station, 12)
    await station.run(timedelta(hours=7, minutes=50))
    station.site.simulator.fail(Outage(style=style, seconds=7200))
    await station.run(timedelta(hours=4), [station.gateway(page_rows=5)])

    assert await _numbers(station) == list(range(1, 13))
    assert most_within(station.requests(), 60) < 30
    assert len(station.requests()) < 80, "an outage is not hammered at"


async def test_a_page_cut_in_its_middle_is_asked_for_again_whole(station: Station):
    _add(station, 25)
    station.site.simulator.fail(Outage(path="class/cdm", style="truncated", skip=1, count=1))
    await station.run(HOUR, [station.gateway(page_rows=10)])

    assert await _numbers(station) == list(range(1, 26))


async def test_an_answer_that_is_too_long_is_broken_off_and_fewer_rows_are_asked_for(station: Station):
    _add(station, 40)
    gateway = station.gateway(page_rows=32, page_rows_least=2, answer_max_bytes=100_000)
    await station.run(2 * HOUR, [gateway])

    assert await _numbers(station) == list(range(1, 41))
    assert (await station.task("cdm")).cursor["page_rows"] < 32


async def test_two_hundred_megabytes_are_not_read(station: Station):
    """Over a real connection, which is closed when the limit of 64 MiB has come."""
    _add(station, 2)
    with station.site.on_a_port() as url:
        async with station.ctx.store.write(ADMIN) as unit:
            (await unit.session.get_one(SpaceTrackAccount, station.account.id)).base_url = url.rstrip("/")
        station.site.simulator.fail(Outage(path="class/cdm", style="oversized", count=1))
        gateway = gateway_of(
            station.ctx, station.settings, gateway_id="one", transport=httpx.AsyncHTTPTransport(trust_env=False)
        )
        await gateway.run_due()

    assert await _numbers(station) == [1, 2]
    async with station.ctx.store.read() as session:
        broken_off = await session.scalar(
            select(SpaceTrackRequest).where(SpaceTrackRequest.outcome == "too-long", SpaceTrackRequest.purpose == "cdm")
        )
    assert broken_off is not None
    assert len(station.requests("expandedspacedata/cdm")) == 2


async def test_duplicate_rows_and_rows_out_of_order_are_stored_once(station: Station):
    _add(station, 30)
    rows = station.site.simulator.faults.rows
    rows.duplicate_every = 3
    await station.run(MINUTE)
    assert await _numbers(station) == list(range(1, 31))


async def test_a_row_that_comes_late_under_a_lower_number_is_found_within_a_day(station: Station):
    _add(station, 3)
    late = station.clock.now() + timedelta(hours=9)
    station.site.simulator.add_cdms([sample_cdm(50)], gid=station.site.gid, first_id=4, visible_from=late)
    _add(station, 1, first=60, first_id=5)
    await station.run(timedelta(hours=1))
    assert await _numbers(station) == [1, 2, 3, 5]

    station.site.simulator.add_cdm(sample_cdm(61), gid=station.site.gid)
    await station.run(timedelta(hours=50))
    assert await _numbers(station) == [1, 2, 3, 4, 5, 6]
    assert station.site.simulator.police.mails() == []


async def test_one_cdm_under_two_organizations_is_stored_for_each(station: Station):
    simulator = station.site.simulator
    other = simulator.add_organization("BOREALIS")
    simulator.accounts.join(IDENTITY, other)
    message = sample_cdm(1)
    simulator.add_cdm(message, gid=station.site.gid, cdm_id=7)
    simulator.add_cdm(message, gid=other, cdm_id=7)
    await station.run(MINUTE)

    assert [(row.cdm_id, row.gid) for row in await station.pulled()] == [
        (7, str(station.site.gid)),
        (7, str(other)),
    ]


async def test_unknown_and_missing_columns_are_kept_and_flagged(station: Station):
    _add(station, 1)
    rows = station.site.simulator.faults.rows
    rows.unknown_columns = {"MANEUVER_INTENT": "none"}
    rows.missing_columns = {"SAT2_REF_FRAME"}
    await station.run(MINUTE)

    (row,) = await station.pulled()
    assert row.flags == ["unknown-column:MANEUVER_INTENT", "missing-column:SAT2_REF_FRAME"]
    content = await station.ctx.objects.get(f"documents/{row.document_id}")
    assert b'"MANEUVER_INTENT"' in content


async def test_a_renamed_number_column_stops_the_pull_and_loses_nothing(station: Station):
    _add(station, 2)
    rows = station.site.simulator.faults.rows
    rows.renamed_columns = {"CDM_ID": "CDM_NUMBER"}
    await station.run(HOUR)
    task = await station.task("cdm")
    assert task.failures > 0
    assert task.last_error is not None
    assert "CDM_ID" in task.last_error
    assert await _numbers(station) == []

    rows.renamed_columns = {}
    await station.run(9 * HOUR)
    assert station.site.simulator.police.mails() == []
    assert await _numbers(station) == [1, 2]


async def test_a_row_that_comes_again_with_another_content_is_a_conflict_and_no_overwrite(station: Station):
    _add(station, 1)
    await station.run(MINUTE)
    before = (await station.pulled())[0].row_sha256
    station.site.simulator.faults.rows.probability = "0"
    gateway = station.gateway()
    await _ask_for_everything_again(station)
    await station.run(MINUTE, [gateway])

    (row,) = await station.pulled()
    assert row.row_sha256 == before
    assert (await station.task("cdm")).cursor["conflicts"] == 1
    kept = [info.key async for info in station.ctx.objects.list("space-track/conflicts/")]
    assert len(kept) == 1


async def test_a_day_has_three_pulls_away_from_the_full_and_the_half_hour(station: Station):
    _add(station, 3)
    await station.run(24 * HOUR - MINUTE)

    pulls = station.requests("expandedspacedata/cdm")
    assert len(pulls) == 3
    minutes = [int(request.at[14:16]) % 30 for request in pulls]
    assert all(3 <= minute <= 27 for minute in minutes)
    assert station.site.simulator.police.mails() == []


async def test_limits_hold_with_three_gateways_and_a_restart_in_the_middle(station: Station):
    await station.consent()
    for number in range(60):
        await station.add_ephemeris(
            90001, designation="special", content=b"CCSDS_OEM_VERS = 2.0\nCOMMENT %d\n" % number
        )
    await deliver(station.ctx, station.consumers)
    await station.run(timedelta(minutes=2), [station.gateway(name) for name in "abc"])
    await station.run(timedelta(hours=2), [station.gateway(name) for name in "cde"])

    requests = station.requests()
    assert most_within(requests, 60) <= 25
    assert most_within(requests, 3600) <= 250
    async with station.ctx.store.read() as session:
        states = list(await session.scalars(select(Submission.state)))
        written_down = list(await session.scalars(select(SpaceTrackRequest.id)))
    assert states == ["present"] * 60
    assert len(written_down) == len(requests), "every request that reached the site is in the ledger"


async def test_a_standby_takes_over_and_the_one_that_stood_still_may_do_nothing_more(station: Station):
    _add(station, 25)
    first, second = station.gateway("first", page_rows=10, requests_a_minute=3), station.gateway("second")
    await first.run_due()
    await second.run_due()
    assert (await station.account_now()).lease_holder == "first"

    station.clock.put_forward(timedelta(minutes=10))
    await second.run_due()
    account = await station.account_now()
    assert (account.lease_holder, account.lease_fence) == ("second", 2)
    await first.run_due()
    assert (await station.account_now()).lease_holder == "second"
    assert await _numbers(station) == list(range(1, 26))


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize(("about", "most"), [("cdm", 4), ("gp", 16)])
async def test_a_gateway_that_dies_of_an_answer_each_time_does_not_ask_over_and_over(
    station: Station, monkeypatch: pytest.MonkeyPatch, about: str, most: int
):
    """Processes are started again at once, so that the account would be locked within a minute."""
    station.site.simulator.load_catalogue(omm_csv(crossing_catalogue()))
    _add(station, 3)
    step = {"cdm": (pull, "read_page"), "gp": (elements, "packed")}[about]

    def dies(_body: bytes) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*step, dies)
        for _ in range(4 * 60):
            with contextlib.suppress(Killed):
                await station.gateway().run_due()
            station.clock.put_forward(MINUTE)
    assert 4 <= len(station.requests(f"{'expanded' if about == 'cdm' else 'basic'}spacedata/{about}")) <= most
    assert station.site.simulator.police.mails() == []

    await station.run(timedelta(hours=9))
    assert await _numbers(station) == [1, 2, 3]
    assert (await station.task(about)).failures == 0


async def _outcomes(station: Station) -> list[str | None]:
    async with station.ctx.store.read() as session:
        return list(await session.scalars(select(SpaceTrackRequest.outcome).order_by(SpaceTrackRequest.at)))


async def _ask_for_everything_again(station: Station) -> None:
    from records.spacetrack_gateway.writes import task_of

    async with station.ctx.store.write(ADMIN) as unit:
        task = await task_of(unit, station.account.id, "cdm")
        task.cursor = task.cursor | {"run": {"position": 0, "rows": 0, "new": 0, "is_overlap": True}}
        task.due_at = unit.now
