"""Pairs that screening leaves out."""

from collections.abc import Sequence

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.ingest_api.tables import KnownPair

__all__ = ["known_pairs"]


async def known_pairs(
    session: AsyncSession, *, norad_cat_id: int | None, after: tuple[int, int] | None, limit: int
) -> Sequence[KnownPair]:
    """Return the pairs in force by catalogue numbers; everybody may see them, they belong to every coverage."""
    numbers = (KnownPair.norad_cat_id_low, KnownPair.norad_cat_id_high)
    query = select(KnownPair).where(KnownPair.removed_at.is_(None)).order_by(*numbers).limit(limit)
    if norad_cat_id is not None:
        query = query.where(or_(*(number == norad_cat_id for number in numbers)))
    if after is not None:
        query = query.where(tuple_(*numbers) > after)
    return (await session.scalars(query)).all()
