"""What screening has to do, who does it, and what it has found: for metrics."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.screening.tables import ConjunctionEvent, ScreeningRun, ScreeningTask, ScreeningWorker

__all__ = ["RunFigures", "TaskFigures", "active_events", "run_figures", "task_figures", "worker_states"]

_UNFINISHED = ("requested", "running", "finalising")


@dataclass(frozen=True)
class RunFigures:
    """Runs that are not at their end, and the last one that came to it."""

    failed: int
    counts: Mapping[str, int]
    """Unfinished ones by state."""
    oldest_at: Mapping[str, datetime]
    """By state, when the one was asked for that has waited longest."""
    completed_at: datetime | None
    objects: Mapping[str, int]
    """Objects of the newest completed run of each kind."""
    not_screened: Mapping[str, int]
    """Those of them that were not screened over the whole interval."""


@dataclass(frozen=True)
class TaskFigures:
    """Slices that wait, by urgency."""

    counts: Mapping[str, int]
    oldest_at: Mapping[str, datetime]


async def run_figures(session: AsyncSession, *, failed_since: datetime) -> RunFigures:
    """Return how runs stand; failed ones only those asked for after a time."""
    failed = await session.scalar(
        select(func.count()).where(ScreeningRun.state == "failed", ScreeningRun.requested_at > failed_since)
    )
    unfinished = (
        await session.execute(
            select(ScreeningRun.state, func.count(), func.min(ScreeningRun.requested_at))
            .where(ScreeningRun.state.in_(_UNFINISHED))
            .group_by(ScreeningRun.state)
        )
    ).all()
    objects: dict[str, int] = {}
    not_screened: dict[str, int] = {}
    completed_at: datetime | None = None
    for kind in ("ephemeris-catalogue", "ephemeris-ephemerides", "catalogue-catalogue"):
        newest = (
            await session.execute(
                select(ScreeningRun.completed_at, ScreeningRun.object_count, ScreeningRun.not_screened_count)
                .where(ScreeningRun.state == "completed", ScreeningRun.kind == kind)
                .order_by(ScreeningRun.requested_at.desc())
                .limit(1)
            )
        ).first()
        if newest is not None:
            objects[kind] = newest.object_count or 0
            not_screened[kind] = newest.not_screened_count or 0
            completed_at = max(filter(None, (completed_at, newest.completed_at)), default=None)
    return RunFigures(
        failed=failed or 0,
        counts=dict.fromkeys(_UNFINISHED, 0) | {state: count for state, count, _ in unfinished},
        oldest_at={state: oldest for state, _, oldest in unfinished},
        completed_at=completed_at,
        objects=objects,
        not_screened=not_screened,
    )


async def task_figures(session: AsyncSession) -> TaskFigures:
    """Return how many slices wait, of runs that go on."""
    rows = (
        await session.execute(
            select(ScreeningRun.urgency, func.count(), func.min(ScreeningTask.emitted_at))
            .join(ScreeningRun, ScreeningRun.id == ScreeningTask.run_id)
            .where(ScreeningTask.state == "waiting", ScreeningRun.state == "running")
            .group_by(ScreeningRun.urgency)
        )
    ).all()
    return TaskFigures(
        counts={"urgent": 0, "bulk": 0} | {urgency: count for urgency, count, _ in rows},
        oldest_at={urgency: oldest for urgency, _, oldest in rows},
    )


async def worker_states(session: AsyncSession, *, seen_after: datetime) -> dict[str, int]:
    """Return how many workers are in which state, of those heard of after a time."""
    rows = (
        await session.execute(
            select(ScreeningWorker.state, func.count())
            .where(ScreeningWorker.seen_at > seen_after)
            .group_by(ScreeningWorker.state)
        )
    ).all()
    states = dict.fromkeys(("warming", "idle", "busy", "stopping"), 0)
    for state, count in rows:
        states[state] = count
    return states


async def active_events(session: AsyncSession) -> dict[str, int]:
    """Return how many conjunction events lie ahead, by level."""
    rows = (
        await session.execute(
            select(ConjunctionEvent.level, func.count())
            .where(ConjunctionEvent.state == "active")
            .group_by(ConjunctionEvent.level)
        )
    ).all()
    levels = dict.fromkeys(("none", "reportable", "unquantified", "emergency"), 0)
    for level, count in rows:
        levels[level] = count
    return levels
