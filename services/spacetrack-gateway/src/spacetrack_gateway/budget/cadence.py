"""When something is asked again: no more often than Space-Track allows, and not when everybody asks.

Space-Track's API page: all CDMs three times a day, one event's hourly, GP hourly away from the full and the half hour,
SATCAT once a day after 17:00 UTC. The scatter within these rules is a function of account and task, so that two
processes reckon the same and no state is kept for it.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

__all__ = [
    "Cadence",
    "after_17",
    "backoff",
    "daily_after_17",
    "every",
    "may_ask_again_at",
    "off_the_half_hour",
    "scatter",
]

Cadence = Callable[[datetime, str], datetime]
"""From when a run began, and what scatters it, to when the next one is due."""

_AWAY: Final = timedelta(minutes=4)
"""So far from the full and the half hour is everything asked."""
_HALF_HOUR: Final = timedelta(minutes=30)
_PUBLISHED_HOUR: Final = 17
_NEARLY_A_DAY: Final = timedelta(hours=23)
_FIRST_BACKOFF_S: Final = 60.0
_INTERVALS: Final = {
    "cdm": timedelta(hours=8),
    "cdm-event": timedelta(hours=1),
    "gp": timedelta(hours=1),
    "satcat": timedelta(hours=22),
}
"""How long the same question is not asked again once it was answered, by its purpose."""
_REPEATS: Final = 3
_REPEATS_WITHIN: Final = timedelta(minutes=18)
"""So often, and for so long, a question counts as a repetition of the one before."""


def scatter(*of: str) -> float:
    """Return a number from 0 to below 1 that these words give, always the same."""
    digest = hashlib.blake2b("\x1f".join(of).encode(), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64


def off_the_half_hour(moment: datetime) -> datetime:
    """Return `moment`, or the first one after it that is well away from the full and the half hour."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    for crowded in (hour, hour + _HALF_HOUR, hour + 2 * _HALF_HOUR):
        if abs(moment - crowded) < _AWAY:
            return crowded + _AWAY
    return moment


def every(interval: timedelta, longest_delay: timedelta) -> Cadence:
    """Return the cadence of at least `interval`, and at most so much longer, off the full and the half hour."""

    def next_after(began: datetime, seed: str) -> datetime:
        return off_the_half_hour(began + interval + longest_delay * scatter(seed, f"{began:%Y-%m-%dT%H}"))

    return next_after


def daily_after_17(began: datetime, seed: str) -> datetime:
    """Return the next moment after 17:00 UTC, within two hours and off the full and the half hour.

    A run that came late, after an outage, has the next one later too, so that a day lies between them.
    """
    published = began.replace(hour=_PUBLISHED_HOUR, minute=0, second=0, microsecond=0)
    day = published if began < published else published + timedelta(days=1)
    at = day + timedelta(hours=2) * scatter(seed, f"{day:%Y-%m-%d}")
    return off_the_half_hour(at if began < published else max(at, began + _NEARLY_A_DAY))


def after_17(now: datetime) -> datetime:
    """Return `now`, or the first moment after it that lies after 17:00 UTC and off the full and the half hour."""
    published = now.replace(hour=_PUBLISHED_HOUR, minute=0, second=0, microsecond=0)
    return off_the_half_hour(max(now, published))


def may_ask_again_at(purpose: str, answered: Sequence[datetime], now: datetime) -> datetime:
    """Return when the same question may be asked: `now`, or later. `answered` is when it was, or may have been.

    What was answered and could not be kept (the process died, the disk was full) is asked for again, but not over and
    over: a process that dies of the answer each time would have the account locked.
    """
    interval = _INTERVALS.get(purpose)
    recent = [] if interval is None else [at for at in answered if at > now - interval]
    if interval is None or not recent:
        return now
    is_repetition = len(recent) <= _REPEATS and now - recent[0] <= _REPEATS_WITHIN
    return now if is_repetition else off_the_half_hour(recent[-1] + interval)


def backoff(failures: int, longest: timedelta, *seed: str) -> timedelta:
    """Return how long to wait after so many failures in a row: a minute, doubled each time, scattered by half."""
    pause = timedelta(seconds=_FIRST_BACKOFF_S * 2 ** min(max(failures, 1) - 1, 20))
    capped: timedelta = min(pause, longest)
    return capped * (0.75 + 0.5 * scatter(*seed, str(failures)))
