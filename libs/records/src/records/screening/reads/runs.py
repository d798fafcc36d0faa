"""Queries on runs, their tasks and what they could not screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from records.screening.tables import CoverageException, ScreeningRun, ScreeningTask

__all__ = [
    "EVERYTHING",
    "RunFilter",
    "completed_runs",
    "coverage_exceptions",
    "run",
    "runs",
    "runs_of_ephemeris",
    "tasks",
]


EVERYTHING: Final = Viewer(organization_id=None, is_staff=True)
"""Whoever needs no permission: a service of ours that follows an event."""


@dataclass(frozen=True, kw_only=True)
class RunFilter:
    """Which runs; what is None does not matter."""

    ephemeris_id: str | None = None
    norad_cat_id: int | None = None
    state: str | None = None
    kind: str | None = None


async def run(session: AsyncSession, run_id: str, viewer: Viewer = EVERYTHING) -> ScreeningRun | None:
    """Return one run (with its progress: ``tasks_done`` of ``task_count``), or None."""
    query = select(ScreeningRun).where(ScreeningRun.id == run_id, viewer.screenings())
    return (await session.scalars(query)).first()


async def runs(
    session: AsyncSession,
    viewer: Viewer,
    *,
    which: RunFilter = RunFilter(),
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Sequence[ScreeningRun]:
    """Return runs, the newest request first. The key of a row is ``(requested_at, id)``."""
    query = select(ScreeningRun).where(viewer.screenings())
    wanted = {
        ScreeningRun.ephemeris_id: which.ephemeris_id,
        ScreeningRun.norad_cat_id: which.norad_cat_id,
        ScreeningRun.state: which.state,
        ScreeningRun.kind: which.kind,
    }
    for column, value in wanted.items():
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(tuple_(ScreeningRun.requested_at, ScreeningRun.id) < after)
    query = query.order_by(ScreeningRun.requested_at.desc(), ScreeningRun.id.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def runs_of_ephemeris(session: AsyncSession, ephemeris_id: str) -> Sequence[ScreeningRun]:
    """Return every run that screens this ephemeris as its primary, in the order of their requests."""
    query = select(ScreeningRun).where(ScreeningRun.ephemeris_id == ephemeris_id)
    return (await session.scalars(query.order_by(ScreeningRun.requested_at, ScreeningRun.id))).all()


async def completed_runs(
    session: AsyncSession, *, kind: str, volume: str, at_least_cpu_s: float, limit: int = 5
) -> Sequence[ScreeningRun]:
    """Return the newest completed runs of a kind in a volume that cost so much."""
    query = (
        select(ScreeningRun)
        .where(
            ScreeningRun.state == "completed",
            ScreeningRun.kind == kind,
            ScreeningRun.volume == volume,
            ScreeningRun.cpu_s >= at_least_cpu_s,
        )
        .order_by(ScreeningRun.requested_at.desc(), ScreeningRun.id.desc())
        .limit(limit)
    )
    return (await session.scalars(query)).all()


async def tasks(
    session: AsyncSession, run_id: str, *, after: int | None = None, limit: int | None = None
) -> Sequence[ScreeningTask]:
    """Return the slices of a run in the order of their times. The key of a row is its ``start_tai_ns``."""
    query = select(ScreeningTask).where(ScreeningTask.run_id == run_id)
    if after is not None:
        query = query.where(ScreeningTask.start_tai_ns > after)
    return (await session.scalars(query.order_by(ScreeningTask.start_tai_ns).limit(limit))).all()


async def coverage_exceptions(
    session: AsyncSession, run_id: str, *, reason: str | None = None, after: int | None = None, limit: int = 50
) -> Sequence[CoverageException]:
    """Return what a run did not screen over its whole interval. The key of a row is its ``ordinal``.

    The rows of one run are limited; ``ScreeningRun.exception_counts`` counts all of them, by reason.
    """
    query = select(CoverageException).where(CoverageException.run_id == run_id)
    if reason is not None:
        query = query.where(CoverageException.reason == reason)
    if after is not None:
        query = query.where(CoverageException.ordinal > after)
    return (await session.scalars(query.order_by(CoverageException.ordinal).limit(limit))).all()
