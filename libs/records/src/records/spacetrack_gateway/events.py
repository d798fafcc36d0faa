"""Events of the Space-Track gateway."""

from typing import ClassVar

from typing_extensions import override

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

    @override
    def partition_key(self) -> str:
        """Return the feed: what is told of one is heard in its order, so that the end of a fault comes after it."""
        return self.name
