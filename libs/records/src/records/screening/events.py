"""Events of screening."""

from typing import Any, ClassVar

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


class ScreeningTaskUrgentV1(Event):
    """A slice of a run that somebody waits for."""

    topic: ClassVar[str] = "screening.task.urgent.v1"
    run_id: str
    task_id: str


class ScreeningTaskBulkV1(Event):
    """A slice of a run of the schedule."""

    topic: ClassVar[str] = "screening.task.bulk.v1"
    run_id: str
    task_id: str


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
