"""What time the simulator believes it is."""

from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

__all__ = ["Clock", "MovableClock", "SystemClock", "WouldNotMoveError", "sql_time"]


class Clock(Protocol):
    """Anything that tells the time, UTC and aware."""

    def now(self) -> datetime:
        """Tell the time."""
        ...


@runtime_checkable
class Movable(Protocol):
    """A clock that can be put forward."""

    def advance(self, by: timedelta) -> None:
        """Put the clock forward."""
        ...


class WouldNotMoveError(Exception):
    """The clock that the simulator was given cannot be put forward."""


class SystemClock:
    """The computer's own clock."""

    def now(self) -> datetime:
        """Tell the time."""
        return datetime.now(UTC)


class MovableClock:
    """A clock that stands still until somebody puts it forward."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        """Tell the time."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Put the clock forward.

        Raises
        ------
        ValueError
            Time does not go back.

        """
        if by < timedelta(0):
            raise ValueError(f"the clock is put forward, not back by {-by}")
        self._now += by


def put_forward(clock: Clock, by: timedelta) -> None:
    """Put a clock forward if it can be.

    Raises
    ------
    WouldNotMoveError
        It goes by itself.

    """
    if not isinstance(clock, Movable):
        raise WouldNotMoveError("the simulator runs on a clock that goes by itself: start it with a movable one")
    clock.advance(by)


def sql_time(moment: datetime) -> str:
    """Write a moment as the tables hold it: text that sorts as time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
