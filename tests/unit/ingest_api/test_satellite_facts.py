"""Which of several values of a satellite's attribute is in force."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from records.ingest_api.facts import facts_in_force
from records.ingest_api.tables import SatelliteFact

NOON = datetime(2024, 9, 17, 12, tzinfo=UTC)


def fact(source: str, value: Any, hours: int = 0, attribute: str = "name") -> SatelliteFact:
    return SatelliteFact(
        id=f"{hours:04d}-{source}",
        norad_cat_id=44391,
        attribute=attribute,
        value=value,
        source=source,
        recorded_by="someone",
        recorded_at=NOON + timedelta(hours=hours),
    )


@pytest.mark.parametrize(
    ("facts", "value"),
    [
        ([fact("catalogue", "C")], "C"),
        ([fact("catalogue", "C", 9), fact("space-track", "S", 0)], "S"),
        ([fact("space-track", "S", 9), fact("operator", "O", 0)], "O"),
        ([fact("operator", "O", 0), fact("operator", "NEW", 1)], "NEW"),
        ([fact("operator", "O", 0), fact("admin", "A", 1)], "A"),
        ([fact("admin", "A", 0), fact("operator", "O", 1)], "O"),
        ([fact("operator", "O", 0), fact("operator", None, 1), fact("catalogue", "C", 0)], "C"),
        ([fact("operator", None, 0), fact("operator", "O", 1)], "O"),
        ([fact("operator", None, 0)], None),
    ],
)
def test_the_best_source_wins_and_within_it_the_newest_value(facts: list[SatelliteFact], value: str | None) -> None:
    for order in (facts, facts[::-1]):
        in_force = facts_in_force(order)
        assert (in_force["name"].value if value is not None else in_force) == (value if value is not None else {})


def test_attributes_do_not_mix() -> None:
    in_force = facts_in_force([fact("operator", "N"), fact("catalogue", 1.5, attribute="hard_body_radius_m")])
    assert {name: each.source for name, each in in_force.items()} == {
        "name": "operator",
        "hard_body_radius_m": "catalogue",
    }
