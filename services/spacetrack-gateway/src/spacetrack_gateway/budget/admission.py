"""Whether one more request may be made now: at most so many in any minute and in any hour, the urgent ones first.

Every request counts, logins and repetitions too. Each priority may use the account up to its share, so that a sync that
asks much leaves room for an emergency.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

__all__ = ["HOUR", "Limits", "Priority", "earliest", "remaining"]

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)


class Priority(IntEnum):
    """What goes before what; the smaller number goes first."""

    EMERGENCY = 0
    """News of an emergency event."""
    SPECIAL = 1
    """A special ephemeris, a maneuver notification, and the proof that it arrived."""
    PULL = 2
    """The pull of CDMs."""
    OPERATIONAL = 3
    """An operational ephemeris, and the proof that it arrived."""
    SYNC = 4
    """Everything that a day's delay does no harm to."""


_SHARE: Final = {
    Priority.EMERGENCY: 1.0,
    Priority.SPECIAL: 0.96,
    Priority.PULL: 0.88,
    Priority.OPERATIONAL: 0.8,
    Priority.SYNC: 0.6,
}


@dataclass(frozen=True)
class Limits:
    """Most requests of an account in any minute, and in any hour."""

    a_minute: int
    an_hour: int

    def allowed(self, priority: Priority) -> tuple[int, int]:
        """Return how many requests there may be in a minute and in an hour for one of `priority` to be made."""
        share = _SHARE[priority]
        return max(1, math.floor(self.a_minute * share)), max(1, math.floor(self.an_hour * share))


def earliest(made: Sequence[datetime], now: datetime, priority: Priority, limits: Limits) -> datetime:
    """Return when one more request may be made: `now`, or later. `made` is when others were, in order, of an hour."""
    a_minute, an_hour = limits.allowed(priority)
    return max(_free(made, now, MINUTE, a_minute), _free(made, now, HOUR, an_hour))


def remaining(made: Sequence[datetime], now: datetime, limits: Limits) -> tuple[int, int]:
    """Return how many requests may still be made within this minute and this hour."""
    return (
        max(0, limits.a_minute - sum(at > now - MINUTE for at in made)),
        max(0, limits.an_hour - sum(at > now - HOUR for at in made)),
    )


def _free(made: Sequence[datetime], now: datetime, window: timedelta, allowed: int) -> datetime:
    """A request may be made when fewer than `allowed` lie within the window before it."""
    within = [at for at in made if at > now - window]
    if len(within) < allowed:
        return now
    return within[-allowed] + window
