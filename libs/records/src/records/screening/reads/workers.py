"""Queries on the processes that compute slices."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.screening.tables import ScreeningWorker

__all__ = ["workers", "workers_unseen"]


async def workers(session: AsyncSession, *, seen_after: datetime) -> Sequence[ScreeningWorker]:
    """Return the workers that have been heard of after a time, by name."""
    query = select(ScreeningWorker).where(ScreeningWorker.seen_at > seen_after).order_by(ScreeningWorker.name)
    return (await session.scalars(query)).all()


async def workers_unseen(session: AsyncSession, *, since: datetime) -> bool:
    """Return whether there are workers that have not been heard of since a time."""
    query = select(ScreeningWorker.name).where(ScreeningWorker.seen_at < since).limit(1)
    return (await session.scalars(query)).first() is not None
