"""What a process wants of a bus, whichever it is."""

from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["Bus", "BusFigures"]


@dataclass(frozen=True)
class BusFigures:
    """What waits in a broker for the consumers of this process. Empty where the bus is the database alone."""

    lag: dict[str, int] = field(default_factory=dict)
    """Events behind the last settled one, by consumer, in the partitions that this process has: summed over the
    processes it is the lag of the consumer."""
    oldest_age_s: dict[str, float] = field(default_factory=dict)
    """Age of the oldest event that this process has fetched and not settled, by consumer."""


class Bus(Protocol):
    """Relays the outbox and hands every event to its consumers, at least once each."""

    @property
    def running(self) -> bool:
        """Whether events are being delivered."""

    @property
    def problem(self) -> str | None:
        """What keeps the consumers of this process from their events, in words, or None."""

    async def run(self) -> None:
        """Relay and deliver until `stop` is called; what is in hand then is finished first, or given back."""

    def stop(self) -> None:
        """Take nothing new; `run` returns when what is in hand is finished."""

    def wake(self) -> None:
        """Look for work now."""

    async def figures(self) -> BusFigures:
        """Return what waits; it may be some seconds old."""
