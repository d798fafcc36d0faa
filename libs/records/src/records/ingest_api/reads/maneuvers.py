"""Maneuvers that operators told of, as the API lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from records.screening.tables import ConjunctionEvent
from records.validator.tables import Ephemeris, Maneuver, ManeuverNotice

__all__ = ["ManeuverFilter", "ephemeris_of", "event_of", "maneuver", "maneuvers", "notices"]

_SAME_PASSAGE = timedelta(seconds=60)
"""How far the time of closest approach in a notification may be from the event's: messages of one event move it."""


@dataclass(frozen=True, kw_only=True)
class ManeuverFilter:
    """Which maneuvers; what is None does not matter."""

    norad_cat_id: int | None = None
    status: str | None = None
    purpose: str | None = None
    not_before: datetime | None = None
    """Ignition at that time or later."""


async def maneuver(session: AsyncSession, viewer: Viewer, maneuver_id: str) -> Maneuver | None:
    """Return one maneuver that `viewer` may see, or None."""
    query = select(Maneuver).where(Maneuver.id == maneuver_id, viewer.maneuvers())
    return (await session.scalars(query)).one_or_none()


async def maneuvers(
    session: AsyncSession,
    viewer: Viewer,
    *,
    which: ManeuverFilter,
    after: tuple[datetime, str] | None,
    limit: int,
) -> Sequence[Maneuver]:
    """Return maneuvers, the latest ignition first. The key of a row is ``(epoch_ignition, id)``."""
    query = select(Maneuver).where(viewer.maneuvers())
    equal = (
        (Maneuver.norad_cat_id, which.norad_cat_id),
        (Maneuver.status, which.status),
        (Maneuver.purpose, which.purpose),
    )
    for column, value in equal:
        if value is not None:
            query = query.where(column == value)
    if which.not_before is not None:
        query = query.where(Maneuver.epoch_ignition >= which.not_before)
    if after is not None:
        query = query.where(tuple_(Maneuver.epoch_ignition, Maneuver.id) < after)
    query = query.order_by(Maneuver.epoch_ignition.desc(), Maneuver.id.desc()).limit(limit)
    return (await session.scalars(query)).all()


async def notices(session: AsyncSession, of: Maneuver) -> Sequence[ManeuverNotice]:
    """Return what each notification said of a maneuver, in the order in which they were made."""
    query = (
        select(ManeuverNotice)
        .where(ManeuverNotice.maneuver_id == of.id)
        .order_by(ManeuverNotice.notified_at, ManeuverNotice.accepted_at, ManeuverNotice.document_id)
    )
    return (await session.scalars(query)).all()


async def ephemeris_of(session: AsyncSession, viewer: Viewer, of: Maneuver) -> Ephemeris | None:
    """Return the ephemeris that a maneuver names, if its owner sent it and `viewer` may see it."""
    if of.ephemeris_name is None:
        return None
    query = (
        select(Ephemeris)
        .where(
            Ephemeris.organization_id == of.organization_id,
            Ephemeris.norad_cat_id == of.norad_cat_id,
            Ephemeris.file_name == of.ephemeris_name,
            viewer.ephemerides(),
        )
        .order_by(Ephemeris.accepted_at.desc())
        .limit(1)
    )
    return (await session.scalars(query)).first()


async def event_of(session: AsyncSession, viewer: Viewer, of: Maneuver) -> ConjunctionEvent | None:
    """Return the conjunction event whose closest approach a maneuver names, if `viewer` may see it."""
    tca = of.tca
    if tca is None:
        return None
    query = select(ConjunctionEvent).where(
        or_(
            ConjunctionEvent.norad_cat_id_low == of.norad_cat_id, ConjunctionEvent.norad_cat_id_high == of.norad_cat_id
        ),
        ConjunctionEvent.tca.between(tca - _SAME_PASSAGE, tca + _SAME_PASSAGE),
        viewer.events(),
    )
    found = (await session.scalars(query)).all()
    return min(found, key=lambda event: (abs(event.tca - tca), event.id), default=None)
