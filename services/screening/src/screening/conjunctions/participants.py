"""What is known of the objects that take part: names, owners, hard-body radii, each from its best source."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from assessment.hard_body_radius import HardBodyRadius, choose_radius
from assessment.object_kinds import object_type_by_name
from records.identity.tables import Organization
from records.ingest_api.facts import facts_in_force
from records.ingest_api.tables import Satellite, SatelliteFact

__all__ = ["ObjectFacts", "Owner", "facts_of", "owned_numbers"]

_MOST_IN_A_QUERY = 500


@dataclass(frozen=True, kw_only=True)
class Owner:
    """A registered organization."""

    organization_id: str
    name: str
    service_level: str


@dataclass(frozen=True, kw_only=True)
class ObjectFacts:
    """What the service knows of one object beside its trajectory; None where nobody has said it."""

    norad_cat_id: int
    owner: Owner | None = None
    object_name: str | None = None
    international_designator: str | None = None
    object_type: str | None = None
    maneuverable: bool | None = None
    operator_radius_m: float | None = None
    space_track_radius_m: float | None = None

    def radius(self, catalogue_name: str) -> HardBodyRadius:
        """Return the object's own radius; where nobody knows it, the default of its type."""
        return choose_radius(
            operator_m=self.operator_radius_m,
            space_track_m=self.space_track_radius_m,
            object_type=self.object_type or object_type_by_name(catalogue_name),
        )


async def owned_numbers(session: AsyncSession) -> frozenset[int]:
    """Return the catalogue numbers of all satellites of registered organizations."""
    query = select(Satellite.norad_cat_id).where(Satellite.organization_id.is_not(None))
    return frozenset(await session.scalars(query))


async def facts_of(session: AsyncSession, norad_cat_ids: Collection[int]) -> dict[int, ObjectFacts]:
    """Return what is known of each of these objects."""
    found: dict[int, ObjectFacts] = {}
    organizations = {row.id: row for row in await session.scalars(select(Organization))}
    wanted = sorted(set(norad_cat_ids))
    for first in range(0, len(wanted), _MOST_IN_A_QUERY):
        numbers = wanted[first : first + _MOST_IN_A_QUERY]
        owners = {
            row.norad_cat_id: row.organization_id
            for row in await session.scalars(select(Satellite).where(Satellite.norad_cat_id.in_(numbers)))
        }
        facts: dict[int, list[SatelliteFact]] = {number: [] for number in numbers}
        for fact in await session.scalars(select(SatelliteFact).where(SatelliteFact.norad_cat_id.in_(numbers))):
            facts[fact.norad_cat_id].append(fact)
        for number in numbers:
            found[number] = _facts(number, organizations.get(owners.get(number) or ""), facts[number])
    return found


def _facts(norad_cat_id: int, organization: Organization | None, facts: list[SatelliteFact]) -> ObjectFacts:
    values: dict[str, Any] = {name: fact.value for name, fact in facts_in_force(facts).items()}
    return ObjectFacts(
        norad_cat_id=norad_cat_id,
        owner=None
        if organization is None
        else Owner(
            organization_id=organization.id,
            name=organization.space_track_title or organization.name,
            service_level=organization.service_level,
        ),
        object_name=values.get("name"),
        international_designator=values.get("international_designator"),
        object_type=values.get("object_type"),
        maneuverable=_yes_or_no(values.get("maneuverable")),
        operator_radius_m=_radius(facts, "operator", "admin"),
        space_track_radius_m=_radius(facts, "space-track"),
    )


def _radius(facts: list[SatelliteFact], *sources: str) -> float | None:
    said = facts_in_force(fact for fact in facts if fact.source in sources).get("hard_body_radius_m")
    return None if said is None else float(said.value)


def _yes_or_no(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"yes": True, "no": False}.get(str(value).lower()) if value is not None else None
