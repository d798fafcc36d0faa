"""What services say to each other: the base of every event contract."""

from datetime import timedelta
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

__all__ = ["Event"]


class Event(BaseModel):
    """A fact that has been committed. It carries identifiers and a row version; the reader reads the row again.

    Within a version fields are only added, with a default; anything else is a new topic.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    topic: ClassVar[str]
    """Name and version of the event, for example ``document.received.v1``."""
    partitions: ClassVar[int] = 6
    """Into how many partitions the topic is divided: no more processes can share the work of one consumer."""
    retention: ClassVar[timedelta] = timedelta(days=7)
    """How long a broker keeps an event. It is shorter than the memory of what was handled, which makes effects happen
    once (`RetentionSettings.settled_delivery_days`)."""
    is_compacted: ClassVar[bool] = False
    """Whether the newest event of each key is kept for ever. Ours are wake-ups: the state stands in the database."""

    def partition_key(self) -> str | None:
        """Return what the partition is chosen by, or None where any will do: events of one key share a partition."""
        return None

    def partition_ordinal(self) -> int | None:
        """Return a number that chooses the partition by its remainder, for even shares of numbered work, or None.

        It goes before the key.
        """
        return None
