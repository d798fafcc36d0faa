"""What time it is: the only place where the system's clock is read."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

__all__ = ["Clock", "ReplayClock", "SystemClock"]


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""


class SystemClock:
    """The time as the machine has it."""

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        return datetime.now(UTC)


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
