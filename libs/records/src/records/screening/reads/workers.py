"""Queries on the processes that compute slices."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.screening.tables import ScreeningWorker

__all__ = ["workers", "workers_gone"]


async def workers(session: AsyncSession, *, now: datetime) -> Sequence[ScreeningWorker]:
    """Return the workers that live, by name."""
    query = select(ScreeningWorker).where(ScreeningWorker.alive_until > now).order_by(ScreeningWorker.name)
    return (await session.scalars(query)).all()


async def workers_gone(session: AsyncSession, *, since: datetime) -> bool:
    """Return whether there are rows of workers that have been gone since then."""
    query = select(ScreeningWorker.name).where(ScreeningWorker.alive_until < since).limit(1)
    return (await session.scalars(query)).first() is not None
