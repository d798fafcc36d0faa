"""What the validator has accepted: ephemerides and catalogues, as the API lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from records.validator.tables import Catalogue, Ephemeris

__all__ = ["EphemerisFilter", "catalogue", "catalogues", "ephemerides", "ephemeris"]


@dataclass(frozen=True, kw_only=True)
class EphemerisFilter:
    """Which ephemerides; what is None does not matter."""

    norad_cat_id: int | None = None
    designation: str | None = None
    is_active: bool | None = None
    covers: datetime | None = None
    """A time between start and stop."""


async def ephemeris(session: AsyncSession, viewer: Viewer, ephemeris_id: str) -> Ephemeris | None:
    """Return one ephemeris that `viewer` may see, or None."""
    query = select(Ephemeris).where(Ephemeris.id == ephemeris_id, viewer.ephemerides())
    return (await session.scalars(query)).one_or_none()


async def ephemerides(
    session: AsyncSession,
    viewer: Viewer,
    *,
    which: EphemerisFilter,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[Ephemeris]:
    """Return ephemerides, the newest first. The key of a row is ``(accepted_at, id)``."""
    query = select(Ephemeris).where(viewer.ephemerides())
    equal = (
        (Ephemeris.norad_cat_id, which.norad_cat_id),
        (Ephemeris.designation, which.designation),
        (Ephemeris.is_active, which.is_active),
    )
    for column, value in equal:
        if value is not None:
            query = query.where(column == value)
    if which.covers is not None:
        query = query.where(Ephemeris.start_time <= which.covers, Ephemeris.stop_time >= which.covers)
    if after is not None:
        query = query.where(tuple_(Ephemeris.accepted_at, Ephemeris.id) < after)
    query = query.order_by(Ephemeris.accepted_at.desc(), Ephemeris.id.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def catalogue(session: AsyncSession, catalogue_id: str) -> Catalogue | None:
    """Return one catalogue, or None. Everybody who may read catalogues may read each."""
    return await session.get(Catalogue, catalogue_id)


async def catalogues(session: AsyncSession, *, after: tuple[datetime, str] | None, limit: int) -> Sequence[Catalogue]:
    """Return catalogues, the newest first: that is the one which screening uses."""
    query = select(Catalogue)
    if after is not None:
        query = query.where(tuple_(Catalogue.accepted_at, Catalogue.id) < after)
    return (await session.scalars(query.order_by(Catalogue.accepted_at.desc(), Catalogue.id.desc()).limit(limit))).all()
