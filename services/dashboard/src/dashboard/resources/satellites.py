"""Satellites and what is known of them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from dashboard.resources.resource import Resource

__all__ = ["Fact", "Satellite"]


class Fact(Resource):
    """One value of a satellite, and where it comes from."""

    value: Any = None
    source: str | None = None
    recorded_at: datetime | None = None


class Satellite(Resource):
    """A satellite with the facts in force."""

    norad_cat_id: int
    organization_id: str | None = None
    facts: dict[str, Fact] = Field(default={})

    @property
    def name(self) -> str | None:
        """The name in force, or None."""
        fact = self.facts.get("name")
        return str(fact.value) if fact is not None and fact.value is not None else None

    def text(self, attribute: str) -> str:
        """Return the value in force of `attribute` as it is written on a page."""
        fact = self.facts.get(attribute)
        value = fact.value if fact is not None else None
        if value is None:
            return "—"
        return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)

    def number(self, attribute: str) -> float | None:
        """Return the value in force of `attribute` if it is a number."""
        fact = self.facts.get(attribute)
        value = fact.value if fact is not None else None
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
