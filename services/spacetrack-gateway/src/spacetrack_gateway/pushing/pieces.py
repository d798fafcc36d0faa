"""Which submission is next, and what its next step is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from spacetrack_gateway.budget.admission import Priority
from spacetrack_gateway.gateway import Due

__all__ = ["Candidate", "next_pieces", "piece_of"]

Piece = Literal["hand-over", "look", "read-back", "delete"]


@dataclass(frozen=True)
class Candidate:
    """A submission that something is to be done about."""

    id: str
    organization_id: str
    state: str
    designation: str
    remote_file_id: int | None
    due_at: datetime
    created_at: datetime
    served_at: datetime | None
    """When something of the organization was last sent."""

    @property
    def priority(self) -> Priority:
        """Special files, and all that concerns their proof, before operational ones."""
        return Priority.SPECIAL if self.designation == "special" else Priority.OPERATIONAL


def piece_of(candidate: Candidate) -> Piece:
    """Return the next step of a submission."""
    if candidate.state == "deleting":
        return "delete"
    if candidate.state == "queued":
        return "hand-over"
    return "look" if candidate.remote_file_id is None else "read-back"


def next_pieces(candidates: Iterable[Candidate], now: datetime) -> Sequence[Due]:
    """Return the next piece of each priority: what is sent is proved first, then whoever waited longest is served."""
    chosen: list[Due] = []
    waiting = list(candidates)
    for priority in (Priority.SPECIAL, Priority.OPERATIONAL):
        of_priority = [each for each in waiting if each.priority == priority]
        ready = [each for each in of_priority if each.due_at <= now]
        if ready:
            best = min(ready, key=_rank)
            chosen.append(Due(priority=priority, at=best.due_at, key=f"{piece_of(best)}:{best.id}"))
        elif of_priority:
            first = min(of_priority, key=lambda each: (each.due_at, each.id))
            chosen.append(Due(priority=priority, at=first.due_at, key=f"{piece_of(first)}:{first.id}"))
    return chosen


def _rank(candidate: Candidate) -> tuple[bool, float, datetime, str]:
    served = 0.0 if candidate.served_at is None else candidate.served_at.timestamp()
    return (candidate.state == "queued", served, candidate.created_at, candidate.id)
