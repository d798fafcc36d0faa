"""How much stands without a verdict, and how old what we have is: for metrics."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.ingest_api.tables import UndecidedDocument
from records.validator.tables import Catalogue

__all__ = ["Undecided", "newest_catalogue_at", "undecided_since"]


@dataclass(frozen=True)
class Undecided:
    """Documents that have no verdict."""

    count: int
    oldest_at: datetime | None
    """When the one came that has waited longest."""


async def undecided_since(session: AsyncSession, since: datetime) -> Undecided:
    """Return the documents that came after a time and have no verdict."""
    query = select(func.count(), func.min(UndecidedDocument.received_at)).where(UndecidedDocument.received_at > since)
    count, oldest_at = (await session.execute(query)).one()
    return Undecided(count, oldest_at)


async def newest_catalogue_at(session: AsyncSession) -> datetime | None:
    """Return when the newest catalogue was accepted, or None where there is none."""
    return (await session.scalars(select(func.max(Catalogue.accepted_at)))).one()
