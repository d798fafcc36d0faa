"""Events of screening."""

from typing import Any, ClassVar
from zlib import crc32

from typing_extensions import override

from servicekit.events import Event

__all__ = [
    "ConjunctionUpdatedV1",
    "ScreeningCompletedV1",
    "ScreeningFinaliseV1",
    "ScreeningRequestedV1",
    "ScreeningTaskBulkV1",
    "ScreeningTaskUrgentV1",
]


class ScreeningRequestedV1(Event):
    """Somebody asks for a run (emitted by ingest-api); its identifier is given at once."""

    topic: ClassVar[str] = "screening.requested.v1"
    run_id: str
    requested_by: str
    organization_id: str | None
    request: dict[str, Any]


_TASK_PARTITIONS = 128
"""Many more than workers: a worker takes whole partitions, and none can take over another's tail."""


_STRIDE = 81
"""From task to task. Workers that came one after the other hold blocks of partitions side by side, those that came
together every second or third one: with this the tasks of a run are spread over either."""


def _partition(run_id: str, ordinal: int) -> int:
    """The first task of a run goes to a partition of the run's own, each other one a stride further."""
    return crc32(run_id.encode()) % _TASK_PARTITIONS + _STRIDE * ordinal


class ScreeningTaskUrgentV1(Event):
    """A slice of a run that somebody waits for."""

    topic: ClassVar[str] = "screening.task.urgent.v1"
    partitions: ClassVar[int] = _TASK_PARTITIONS
    run_id: str
    task_id: str
    ordinal: int = 0

    @override
    def partition_ordinal(self) -> int:
        return _partition(self.run_id, self.ordinal)


class ScreeningTaskBulkV1(Event):
    """A slice of a run of the schedule."""

    topic: ClassVar[str] = "screening.task.bulk.v1"
    partitions: ClassVar[int] = _TASK_PARTITIONS
    run_id: str
    task_id: str
    ordinal: int = 0

    @override
    def partition_ordinal(self) -> int:
        return _partition(self.run_id, self.ordinal)


class ScreeningFinaliseV1(Event):
    """The last slice of a run is done."""

    topic: ClassVar[str] = "screening.finalise.v1"
    run_id: str


class ScreeningCompletedV1(Event):
    """A run's CDMs, events and coverage are committed, or it failed with a reason."""

    topic: ClassVar[str] = "screening.completed.v1"
    run_id: str
    state: str


class ConjunctionUpdatedV1(Event):
    """A conjunction event is new or has changed materially."""

    topic: ClassVar[str] = "conjunction.updated.v1"
    event_id: str
    row_version: int
    level: str
    reasons: list[str]
