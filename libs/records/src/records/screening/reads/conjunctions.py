"""Queries on CDMs and conjunction events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from records.identity.visibility import Viewer
from records.screening.reads.runs import EVERYTHING
from records.screening.tables import Cdm, ConjunctionEvent

__all__ = [
    "CdmFilter",
    "ConjunctionFilter",
    "cdm",
    "cdms",
    "cdms_of_event",
    "cdms_of_run",
    "conjunction",
    "conjunctions",
    "conjunctions_of_run",
]


@dataclass(frozen=True, kw_only=True)
class ConjunctionFilter:
    """Which events; what is None does not matter."""

    norad_cat_id: int | None = None
    """One of the two objects."""
    tca_from: datetime | None = None
    tca_to: datetime | None = None
    """Both ends included."""
    minimum_probability: float | None = None
    """Of the latest message. An event without a probability meets no minimum."""
    maximum_miss_distance_m: float | None = None
    """Of the latest message."""
    state: str | None = None
    level: str | None = None


@dataclass(frozen=True, kw_only=True)
class CdmFilter:
    """Which CDMs; what is None does not matter."""

    norad_cat_id: int | None = None
    tca_from: datetime | None = None
    tca_to: datetime | None = None
    event_id: str | None = None
    run_id: str | None = None
    source: str | None = None


async def conjunction(session: AsyncSession, event_id: str, viewer: Viewer = EVERYTHING) -> ConjunctionEvent | None:
    """Return one event, or None. One that was merged has ``redirect_to``: the event that goes on."""
    query = select(ConjunctionEvent).where(ConjunctionEvent.id == event_id, viewer.events())
    return (await session.scalars(query)).first()


async def conjunctions(
    session: AsyncSession,
    viewer: Viewer,
    *,
    which: ConjunctionFilter = ConjunctionFilter(),
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Sequence[ConjunctionEvent]:
    """Return events in the order of their TCA, those that were merged into others left out.

    The key of a row is ``(tca, id)``.
    """
    query = select(ConjunctionEvent).where(
        ConjunctionEvent.redirect_to.is_(None),
        viewer.events(),
    )
    query = _filtered(query, which)
    if after is not None:
        query = query.where(tuple_(ConjunctionEvent.tca, ConjunctionEvent.id) > after)
    query = query.order_by(ConjunctionEvent.tca, ConjunctionEvent.id).limit(limit)
    return (await session.scalars(query)).all()


def _filtered(query: Select[ConjunctionEvent], which: ConjunctionFilter) -> Select[ConjunctionEvent]:
    if which.norad_cat_id is not None:
        query = query.where(
            or_(
                ConjunctionEvent.norad_cat_id_low == which.norad_cat_id,
                ConjunctionEvent.norad_cat_id_high == which.norad_cat_id,
            )
        )
    if which.tca_from is not None:
        query = query.where(ConjunctionEvent.tca >= which.tca_from)
    if which.tca_to is not None:
        query = query.where(ConjunctionEvent.tca <= which.tca_to)
    if which.minimum_probability is not None:
        query = query.where(ConjunctionEvent.collision_probability >= which.minimum_probability)
    if which.maximum_miss_distance_m is not None:
        query = query.where(ConjunctionEvent.miss_distance_m <= which.maximum_miss_distance_m)
    if which.state is not None:
        query = query.where(ConjunctionEvent.state == which.state)
    if which.level is not None:
        query = query.where(ConjunctionEvent.level == which.level)
    return query


async def conjunctions_of_run(session: AsyncSession, run_id: str) -> Sequence[ConjunctionEvent]:
    """Return the events that CDMs of this run belong to, in the order of their TCA."""
    query = (
        select(ConjunctionEvent)
        .where(ConjunctionEvent.id.in_(select(Cdm.event_id).where(Cdm.run_id == run_id, Cdm.event_id.is_not(None))))
        .order_by(ConjunctionEvent.tca, ConjunctionEvent.id)
    )
    return (await session.scalars(query)).all()


async def cdm(session: AsyncSession, cdm_id: str, viewer: Viewer = EVERYTHING) -> Cdm | None:
    """Return one CDM, or None."""
    return (await session.scalars(select(Cdm).where(Cdm.id == cdm_id, viewer.cdms()))).first()


async def cdms(
    session: AsyncSession,
    viewer: Viewer,
    *,
    which: CdmFilter = CdmFilter(),
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Sequence[Cdm]:
    """Return CDMs, the newest first. The key of a row is ``(creation_date, id)``."""
    query = select(Cdm).where(viewer.cdms())
    if which.norad_cat_id is not None:
        query = query.where(
            or_(Cdm.norad_cat_id_low == which.norad_cat_id, Cdm.norad_cat_id_high == which.norad_cat_id)
        )
    if which.tca_from is not None:
        query = query.where(Cdm.tca >= which.tca_from)
    if which.tca_to is not None:
        query = query.where(Cdm.tca <= which.tca_to)
    for column, value in ((Cdm.event_id, which.event_id), (Cdm.run_id, which.run_id), (Cdm.source, which.source)):
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        query = query.where(tuple_(Cdm.creation_date, Cdm.id) < after)
    return (await session.scalars(query.order_by(Cdm.creation_date.desc(), Cdm.id.desc()).limit(limit))).all()


async def cdms_of_event(session: AsyncSession, event_id: str) -> Sequence[Cdm]:
    """Return the messages of an event, the oldest first."""
    return (
        await session.scalars(select(Cdm).where(Cdm.event_id == event_id).order_by(Cdm.creation_date, Cdm.id))
    ).all()


async def cdms_of_run(session: AsyncSession, run_id: str, *, recipient_id: str | None = None) -> Sequence[Cdm]:
    """Return the CDMs that a run made, in the order of their TCA; only those for one recipient where it is given."""
    which = (
        and_(Cdm.run_id == run_id)
        if recipient_id is None
        else and_(Cdm.run_id == run_id, Cdm.recipient_id == recipient_id)
    )
    return (await session.scalars(select(Cdm).where(which).order_by(Cdm.tca, Cdm.id))).all()
