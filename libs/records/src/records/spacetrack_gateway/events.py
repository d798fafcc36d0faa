"""Events of the Space-Track gateway."""

from typing import ClassVar

from servicekit.events import Event

__all__ = ["FeedUpdatedV1", "SubmissionUpdatedV1"]


class SubmissionUpdatedV1(Event):
    """A submission has a new state."""

    topic: ClassVar[str] = "submission.updated.v1"
    submission_id: str
    row_version: int
    state: str


class FeedUpdatedV1(Event):
    """A feed has a new state."""

    topic: ClassVar[str] = "feed.updated.v1"
    name: str
    row_version: int
    state: str
