"""What services say to each other: the base of every event contract."""

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
