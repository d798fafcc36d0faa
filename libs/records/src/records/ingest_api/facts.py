"""Which of several values of a satellite's attribute is in force."""

from collections.abc import Iterable, Sequence

from records.ingest_api.tables import SatelliteFact

__all__ = ["ATTRIBUTES", "SOURCES_BY_RANK", "facts_in_force"]

ATTRIBUTES = ("name", "international_designator", "object_type", "status", "maneuverable", "hard_body_radius_m")
"""What is recorded of a satellite; the last is one object's own radius, never the sum of two."""

SOURCES_BY_RANK: Sequence[frozenset[str]] = (
    frozenset({"operator", "admin"}),
    frozenset({"space-track"}),
    frozenset({"catalogue"}),
)
"""A source that knows better comes first; within one rank the newest value counts."""


def facts_in_force(facts: Iterable[SatelliteFact]) -> dict[str, SatelliteFact]:
    """Return the fact in force for each attribute that has one.

    The best source that says anything wins. A source takes its value back by saying None, and then counts no more.
    """
    latest: dict[tuple[str, int], SatelliteFact] = {}
    for fact in facts:
        rank = _rank(fact.source)
        known = latest.get((fact.attribute, rank))
        if known is None or (fact.recorded_at, fact.id) > (known.recorded_at, known.id):
            latest[fact.attribute, rank] = fact
    in_force: dict[str, SatelliteFact] = {}
    for (attribute, _), fact in sorted(latest.items(), key=lambda entry: entry[0]):
        if fact.value is not None:
            in_force.setdefault(attribute, fact)
    return in_force


def _rank(source: str) -> int:
    return next((rank for rank, sources in enumerate(SOURCES_BY_RANK) if source in sources), len(SOURCES_BY_RANK))
