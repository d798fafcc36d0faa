"""Limits, the ways in which they are told, and what becomes of an account that asks too often."""

from datetime import UTC, datetime

import httpx
import pytest
from support.spacetrack import IDENTITY, NOON, PASSWORD, SimulatedSite, make_site, sample_cdm

from spacetrack_simulator import MovableClock, Outage, most_within

PHRASE = "violated your query rate limit"
CDM = "expandedspacedata/query/class/cdm"


async def until_refused(client: httpx.AsyncClient, most: int = 40) -> tuple[int, httpx.Response]:
    for count in range(1, most):
        answer = await client.get("fileshare/query/class/folder")
        if PHRASE in answer.text:
            return count, answer
    raise AssertionError("nothing was refused")


async def test_the_thirtieth_request_of_a_minute_is_refused_and_the_login_counts(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    count, _ = await until_refused(client)
    assert count == 29
    spacetrack.advance(seconds=61)
    assert PHRASE not in (await client.get("fileshare/query/class/folder")).text


async def test_the_limit_is_the_accounts_whatever_its_sessions(spacetrack: SimulatedSite) -> None:
    first, second = await spacetrack.logged_in(), await spacetrack.logged_in()
    for _ in range(13):
        assert PHRASE not in (await first.get("fileshare/query/class/folder")).text
        assert PHRASE not in (await second.get("fileshare/query/class/folder")).text
    assert (await until_refused(second))[0] == 2


@pytest.mark.parametrize(
    ("style", "status", "kind"),
    [("500-text", 500, str), ("200-list", 200, list), ("200-object", 200, dict), ("429", 429, dict)],
)
async def test_a_refusal_has_one_of_four_shapes(spacetrack: SimulatedSite, style: str, status: int, kind: type) -> None:
    client = await spacetrack.logged_in()
    spacetrack.simulator.faults.rate_limits.style = style
    spacetrack.simulator.faults.rate_limits.refuse_next = 1
    answer = await client.get(CDM)
    assert answer.status_code == status
    assert PHRASE in answer.text
    if kind is not str:
        assert isinstance(answer.json(), kind)
    assert (await client.get(CDM)).json() == []


async def test_the_hour_is_told_by_mail_once_and_the_site_goes_on(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.faults.rate_limits.per_hour = 20
    client = await spacetrack.logged_in()
    for _ in range(25):
        spacetrack.advance(seconds=3)
        assert (await client.get("fileshare/query/class/folder")).status_code == 200
    (mail,) = spacetrack.simulator.police.mails(IDENTITY)
    assert mail.rule == "queries per hour"
    assert "20 queries between 1200 and 1300 UTC" in mail.text


async def test_pages_of_one_pull_are_one_pull(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.add_cdms([sample_cdm(i) for i in range(5)], gid=spacetrack.gid)
    client = await spacetrack.logged_in()
    for after in (0, 2, 4):
        await client.get(f"{CDM}/cdm_id/%3E{after}/orderby/CDM_ID/limit/2")
    assert spacetrack.simulator.police.mails() == []
    spacetrack.advance(hours=8)
    await client.post("ajaxauth/login", data={"identity": IDENTITY, "password": PASSWORD})
    await client.get(f"{CDM}/cdm_id/%3E5/orderby/CDM_ID/limit/2")
    assert spacetrack.simulator.police.mails() == []


async def test_a_second_pull_within_eight_hours_is_a_violation(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    await client.get(f"{CDM}/cdm_id/%3E0/limit/100")
    spacetrack.advance(hours=1, minutes=30)
    await client.get(f"{CDM}/cdm_id/%3E0/limit/100")
    (mail,) = spacetrack.simulator.police.mails()
    assert (mail.account, mail.rule) == (IDENTITY, "cdm")
    assert "after 90 minutes" in mail.text


async def test_one_event_may_be_asked_for_hourly_beside_the_pulls(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    for message in ("A", "B"):
        await client.get(f"{CDM}/message_id/{message}")
    spacetrack.advance(minutes=60)
    await client.get(f"{CDM}/message_id/A")
    assert spacetrack.simulator.police.mails() == []
    spacetrack.advance(minutes=59)
    await client.get(f"{CDM}/message_id/A")
    assert [mail.rule for mail in spacetrack.simulator.police.mails()] == ["cdm of one event"]


@pytest.mark.parametrize(
    ("hour", "minute", "path", "violations"),
    [
        (18, 7, "basicspacedata/query/class/gp/limit/1", 0),
        (18, 0, "basicspacedata/query/class/gp/limit/1", 1),
        (18, 30, "basicspacedata/query/class/gp/limit/1", 1),
        (16, 59, "basicspacedata/query/class/satcat/limit/1", 1),
        (17, 5, "basicspacedata/query/class/satcat/limit/1", 0),
    ],
)
async def test_the_time_of_day_counts(hour: int, minute: int, path: str, violations: int) -> None:
    site = make_site(MovableClock(datetime(2024, 9, 17, hour, minute, tzinfo=UTC)))
    await (await site.logged_in()).get(path)
    assert len(site.simulator.police.mails()) == violations


async def test_three_violations_lock_the_account(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    for least in range(4):
        await client.get(f"{CDM}/cdm_id/%3E{least}/limit/5")
    assert len(spacetrack.simulator.police.mails()) == 3
    answer = await client.post("ajaxauth/login", data={"identity": IDENTITY, "password": PASSWORD})
    assert "suspended" in answer.text


async def test_the_same_query_again_is_a_retry_but_not_for_ever(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    for _ in range(4):
        await client.get(f"{CDM}/limit/5")
    assert spacetrack.simulator.police.mails() == []
    await client.get(f"{CDM}/limit/5")
    assert [mail.rule for mail in spacetrack.simulator.police.mails()] == ["cdm"]


async def test_a_pull_that_the_site_itself_broke_counts_for_nothing(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    spacetrack.simulator.faults.policing.repeats = 0
    spacetrack.simulator.fail(Outage(style="truncated", count=1))
    for _ in range(2):
        await client.get(f"{CDM}/limit/5")
    assert spacetrack.simulator.police.mails() == []
    await client.get(f"{CDM}/limit/5")
    assert len(spacetrack.simulator.police.mails()) == 1


async def test_policing_can_be_turned_off(spacetrack: SimulatedSite) -> None:
    spacetrack.simulator.faults.policing.cadence = False
    client = await spacetrack.logged_in()
    for _ in range(3):
        await client.get(f"{CDM}/limit/5")
    assert spacetrack.simulator.police.mails() == []


async def test_every_request_is_in_the_log_with_its_outcome(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    await client.get(CDM)
    await client.get("expandedspacedata/modeldef/class/cdm")
    await spacetrack.client().get(CDM)
    log = spacetrack.simulator.log.all()
    assert [(each.class_name, each.status, each.outcome, each.account) for each in log] == [
        ("login", 200, "ok", IDENTITY),
        ("expandedspacedata/cdm", 200, "empty", IDENTITY),
        ("modeldef", 200, "ok", IDENTITY),
        ("expandedspacedata/cdm", 401, "not logged in", None),
    ]
    assert log[0].at == f"{NOON:%Y-%m-%d %H:%M:%S.%f}"


async def test_the_busiest_window_is_found(spacetrack: SimulatedSite) -> None:
    client = await spacetrack.logged_in()
    for pause in (0, 10, 49, 1, 61):
        spacetrack.advance(seconds=pause)
        await client.get("fileshare/query/class/folder")
    assert most_within(spacetrack.simulator.log.all(), 60.0) == 4
