"""What time it is: the only place where the system's clock is read."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "ReplayClock", "SharedClock", "SystemClock"]

_TOLERATED = timedelta(seconds=1)
"""Clocks that are nearer than this are left alone: leases bear it, and no time is told twice."""


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""


class SystemClock:
    """The time as the machine has it."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(UTC)


class SharedClock:
    """A machine's time, corrected where it is not that of the database which processes on several machines share.

    A lease that one process writes and another reads ends when it should, whatever their own clocks show.
    """

    def __init__(self, own: Clock) -> None:
        self._own = own
        self.ahead = timedelta()
        """How far our own clock is ahead of the database's, where that is more than is tolerated."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return self._own.now() - self.ahead

    def compare(self, theirs: datetime, took: timedelta) -> None:
        """Take note of what the database's clock shows at this moment, where asking for it took so long."""
        ahead = self._own.now() - took / 2 - theirs
        if abs(ahead - self.ahead) > _TOLERATED + took / 2:
            self.ahead = ahead if abs(ahead) > _TOLERATED else timedelta()


class ReplayClock:
    """An archived day, at real speed: the system's time less a fixed offset."""

    def __init__(self, offset: timedelta) -> None:
        self.offset = offset

    @classmethod
    def starting_at(cls, as_of: datetime) -> "ReplayClock":
        """Return a clock that shows `as_of` (aware) at this moment."""
        if as_of.tzinfo is None:
            raise ValueError(f"as-of time {as_of.isoformat()} has no time zone: write it with a Z")
        return cls(datetime.now(UTC) - as_of)

    def now(self) -> datetime:
        """Return the replayed time, aware, in UTC."""
        return datetime.now(UTC) - self.offset
