"""Never more than the limits in any window, the urgent first, and no more often than Space-Track allows."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spacetrack_gateway.budget.admission import HOUR, Limits, Priority, earliest, remaining
from spacetrack_gateway.budget.cadence import after_17, backoff, daily_after_17, every, off_the_half_hour
from spacetrack_gateway.budget.standing import Standing, standing_after

NOW = datetime(2024, 9, 17, 12, 7, tzinfo=UTC)
LIMITS = Limits(25, 250)
GOOD = Standing(
    state="active",
    stopped_reason=None,
    stopped_at=None,
    failures=0,
    failing_since=None,
    retry_at=None,
    last_error=None,
    last_ok_at=None,
    refused_logins=0,
)


def test_a_request_waits_until_the_minute_has_room():
    made = [NOW - timedelta(seconds=59 - n) for n in range(25)]
    assert earliest(made, NOW, Priority.EMERGENCY, LIMITS) == made[0] + timedelta(minutes=1)


def test_a_sync_stops_where_an_emergency_may_go_on():
    made = [NOW - timedelta(seconds=30)] * 15
    assert earliest(made, NOW, Priority.SYNC, LIMITS) > NOW
    assert earliest(made, NOW, Priority.EMERGENCY, LIMITS) == NOW


@given(asks=st.lists(st.tuples(st.floats(0, 20), st.sampled_from(list(Priority))), min_size=1, max_size=400))
def test_no_window_ever_holds_more_than_the_limits(asks: list[tuple[float, Priority]]):
    limits = Limits(5, 20)
    made: list[datetime] = []
    now = NOW
    for pause_s, priority in asks:
        now += timedelta(seconds=pause_s)
        if earliest(made, now, priority, limits) <= now:
            made.append(now)
    for at in made:
        assert sum(at <= other < at + timedelta(minutes=1) for other in made) <= 5
        assert sum(at <= other < at + HOUR for other in made) <= 20


def test_what_remains_is_counted_in_both_windows():
    made = [NOW - timedelta(minutes=30), NOW - timedelta(seconds=10)]
    assert remaining(made, NOW, LIMITS) == (24, 248)


@pytest.mark.parametrize("minute", range(60))
def test_nothing_is_asked_near_the_full_and_the_half_hour(minute: int):
    moment = off_the_half_hour(NOW.replace(minute=minute))
    assert 4 <= moment.minute % 30 <= 26
    assert moment >= NOW.replace(minute=minute)


def test_all_cdms_are_asked_for_at_most_three_times_a_day():
    cadence = every(timedelta(hours=8), timedelta(minutes=12))
    at, times = NOW, []
    while at < NOW + timedelta(days=30):
        times.append(at)
        at = cadence(at, "account:cdm")
    assert all(later - earlier >= timedelta(hours=8) for earlier, later in itertools.pairwise(times))
    assert all(later - earlier < timedelta(hours=9) for earlier, later in itertools.pairwise(times))


@pytest.mark.parametrize("hour", range(24))
def test_daily_things_come_after_seventeen_utc(hour: int):
    due = daily_after_17(NOW.replace(hour=hour), "account:satcat")
    assert due.hour >= 17
    assert due > NOW.replace(hour=hour)
    assert hour < 17 or due >= NOW.replace(hour=hour) + timedelta(hours=22)


@pytest.mark.parametrize("hour", range(24))
def test_what_failed_is_asked_again_within_the_allowed_hours_only(hour: int):
    moment = after_17(NOW.replace(hour=hour))
    assert moment.hour >= 17
    assert moment >= NOW.replace(hour=hour)
    assert moment - NOW.replace(hour=hour) < timedelta(hours=18)


def test_pauses_grow_up_to_their_limit():
    pauses = [backoff(failures, timedelta(minutes=15), "account") for failures in range(1, 12)]
    assert timedelta(seconds=45) <= pauses[0] <= timedelta(seconds=75)
    assert max(pauses) <= timedelta(minutes=15) * 1.25


def test_words_of_suspension_stop_an_account_at_once():
    after = standing_after(GOOD, "stopped", "Your account is suspended", NOW, purpose="cdm", seed="a")
    assert (after.state, after.retry_at) == ("stopped", None)
    assert "suspended" in (after.stopped_reason or "")


def test_a_second_refused_login_stops_an_account():
    once = standing_after(GOOD, "login-refused", "Login failed", NOW, purpose="login", seed="a")
    assert once.state == "active"
    assert once.retry_at == NOW + timedelta(minutes=15)
    assert standing_after(once, "login-refused", "Login failed", NOW, purpose="login", seed="a").state == "stopped"


def test_a_success_ends_an_outage():
    failing = standing_after(GOOD, "unavailable", "503", NOW, purpose="cdm", seed="a")
    assert failing.failing_since == NOW
    well = standing_after(failing, "ok", "", NOW + HOUR, purpose="cdm", seed="a")
    assert (well.failures, well.failing_since, well.retry_at) == (0, None, None)


def test_what_concerns_one_request_says_nothing_of_the_account():
    assert standing_after(GOOD, "refused", "bad name", NOW, purpose="upload", seed="a") == GOOD


def test_a_rate_limit_is_waited_out_for_a_minute_at_least():
    after = standing_after(GOOD, "rate-limited", "too often", NOW, purpose="cdm", seed="a")
    assert after.retry_at is not None
    assert after.retry_at >= NOW + timedelta(minutes=1)
