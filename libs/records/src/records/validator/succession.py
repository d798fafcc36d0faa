"""One operational ephemeris gives way to another: when a newer one is accepted, and when one is restored."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from records.ingest_api.tables import Document
from records.validator.tables import Ephemeris
from servicekit.store import UnitOfWork

__all__ = ["Place", "SatelliteOf", "give_way", "places", "take_place", "tell_superseded"]

SatelliteOf = tuple[str, int]
"""An organization and one of its satellites: the operational ephemerides of these stand in one order."""

_LOOKS_BACK: Final = timedelta(days=1)


@dataclass
class Place:
    """An operational ephemeris that is not withdrawn, in the order in which the documents came."""

    id: str
    organization_id: str
    norad_cat_id: int
    came: tuple[datetime, str]
    """When its document was received, and the document's identifier."""
    is_active: bool
    superseded_by: str | None
    row_version: int
    has_changed: bool = field(default=False, compare=False)

    @property
    def satellite(self) -> SatelliteOf:
        """Whose ephemeris it is, and of what."""
        return self.organization_id, self.norad_cat_id


def give_way(older: Ephemeris | Place, newer_id: str) -> bool:
    """Let a newer one take the place of `older`, and return whether that was current: `tell_superseded` tells of it."""
    was_current = older.is_active
    older.is_active, older.superseded_by = False, newer_id
    older.row_version += was_current
    return was_current


async def tell_superseded(unit: UnitOfWork, older: Ephemeris | Place, newer_id: str) -> None:
    """Tell of an ephemeris that was current and has given way to a newer one."""
    detail = {"superseded_by": newer_id, "norad_cat_id": older.norad_cat_id}
    unit.audit("ephemeris.superseded", "ephemeris", older.id, detail)
    await unit.change("ephemeris.superseded", older.id, [older.organization_id], detail)


def take_place(line: list[Place], new: Place) -> list[Place]:
    """Put a new one into the line of its satellite, and return those that were current and have given way to it.

    The one whose document came last is current, in whatever order they are put in.
    """
    place = bisect_left(line, new.came, key=attrgetter("came"))
    line.insert(place, new)
    before = line[:place]
    followed = [older for older in before if older.is_active or older is before[-1]]
    for older in followed:
        older.has_changed = True
    gave_way = [older for older in followed if give_way(older, new.id)]
    if place + 1 < len(line):
        new.is_active, new.superseded_by = False, line[place + 1].id
    return gave_way


async def places(
    session: AsyncSession, first: Mapping[SatelliteOf, tuple[datetime, str]]
) -> dict[SatelliteOf, list[Place]]:
    """Return the ephemerides among which new ones take their places, in order, for each satellite.

    A satellite has a thousand of them in a year, and only those that came about the same time matter, and the current
    one. Every one is read where none came shortly before.

    Parameters
    ----------
    first
        For each satellite, when the first of its new ephemerides came.
    """
    if not first:
        return {}
    since = min(received_at for received_at, _ in first.values()) - _LOOKS_BACK
    lines = await _read(session, first, since)
    early = [
        satellite
        for satellite, came in first.items()
        if not any(since <= each.came[0] and each.came < came for each in lines[satellite])
    ]
    return lines | (await _read(session, early) if early else {})


async def _read(
    session: AsyncSession, satellites: Collection[SatelliteOf], since: datetime | None = None
) -> dict[SatelliteOf, list[Place]]:
    query = (
        select(
            Ephemeris.id,
            Ephemeris.organization_id,
            Ephemeris.norad_cat_id,
            Document.received_at,
            Document.id,
            Ephemeris.is_active,
            Ephemeris.superseded_by,
            Ephemeris.row_version,
        )
        .join(Document, Document.id == Ephemeris.document_id)
        .where(
            Ephemeris.norad_cat_id.in_(sorted({number for _, number in satellites})),
            Ephemeris.organization_id.in_(sorted({organization_id for organization_id, _ in satellites})),
            Ephemeris.designation == "operational",
            Ephemeris.withdrawn_at.is_(None),
        )
    )
    if since is not None:
        query = query.where(or_(Ephemeris.is_active, Document.received_at >= since))
    found = (
        Place(own, organization_id, number, (received_at, document_id), is_active, superseded_by, row_version)
        for own, organization_id, number, received_at, document_id, is_active, superseded_by, row_version in (
            await session.execute(query)
        )
    )
    return _in_lines(found, satellites)


def _in_lines(found: Iterable[Place], satellites: Collection[SatelliteOf]) -> dict[SatelliteOf, list[Place]]:
    lines: dict[SatelliteOf, list[Place]] = {each: [] for each in satellites}
    for place in sorted(found, key=attrgetter("came")):
        if place.satellite in lines:
            lines[place.satellite].append(place)
    return lines
