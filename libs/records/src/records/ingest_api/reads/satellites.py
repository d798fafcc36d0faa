"""Satellites with the facts in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from records.ingest_api.facts import facts_in_force
from records.ingest_api.tables import Satellite, SatelliteFact
from records.screening.reads import ConjunctionFilter, conjunctions

__all__ = ["SatelliteRecord", "facts", "name_in_events", "owners", "satellite", "satellites"]


@dataclass(frozen=True, kw_only=True)
class SatelliteRecord:
    """A satellite and, by attribute, the fact in force."""

    satellite: Satellite
    facts: Mapping[str, SatelliteFact]


async def satellite(session: AsyncSession, viewer: Viewer, norad_cat_id: int) -> SatelliteRecord | None:
    """Return one satellite that `viewer` may see, or None."""
    query = select(Satellite).where(Satellite.norad_cat_id == norad_cat_id, viewer.satellites())
    row = (await session.scalars(query)).one_or_none()
    if row is None:
        return None
    return SatelliteRecord(satellite=row, facts=(await facts(session, [norad_cat_id])).get(norad_cat_id, {}))


async def satellites(
    session: AsyncSession, viewer: Viewer, *, organization_id: str | None, after: tuple[int] | None, limit: int
) -> Sequence[SatelliteRecord]:
    """Return satellites by catalogue number."""
    query = select(Satellite).where(viewer.satellites()).order_by(Satellite.norad_cat_id).limit(limit)
    if organization_id is not None:
        query = query.where(Satellite.organization_id == organization_id)
    if after is not None:
        query = query.where(Satellite.norad_cat_id > after[0])
    rows = (await session.scalars(query)).all()
    known = await facts(session, [row.norad_cat_id for row in rows])
    return [SatelliteRecord(satellite=row, facts=known.get(row.norad_cat_id, {})) for row in rows]


async def facts(session: AsyncSession, norad_cat_ids: Sequence[int]) -> dict[int, dict[str, SatelliteFact]]:
    """Return the facts in force by catalogue number and attribute; for anyone, so the caller decides who may see it."""
    query = select(SatelliteFact).where(SatelliteFact.norad_cat_id.in_(norad_cat_ids))
    by_satellite: dict[int, list[SatelliteFact]] = {}
    for fact in await session.scalars(query):
        by_satellite.setdefault(fact.norad_cat_id, []).append(fact)
    return {number: facts_in_force(those) for number, those in by_satellite.items()}


async def owners(session: AsyncSession, norad_cat_ids: Sequence[int]) -> dict[int, str]:
    """Return, by catalogue number, the organization of each of these satellites that belongs to one."""
    query = select(Satellite.norad_cat_id, Satellite.organization_id).where(
        Satellite.norad_cat_id.in_(norad_cat_ids), Satellite.organization_id.is_not(None)
    )
    return {number: owner for number, owner in (await session.execute(query)).all() if owner is not None}


async def name_in_events(session: AsyncSession, viewer: Viewer, norad_cat_id: int) -> str | None:
    """Return what an event that `viewer` sees calls an object of which there is no record of its own, or None."""
    which = ConjunctionFilter(norad_cat_id=norad_cat_id)
    for event in await conjunctions(session, viewer, which=which, limit=1):
        return event.object_name_low if event.norad_cat_id_low == norad_cat_id else event.object_name_high
    return None
