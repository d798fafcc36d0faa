"""What counts as a material change of an event, so that somebody is told again. A new rule is one entry of `RULES`."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from assessment.criteria import Level, severity
from assessment.events import ConjunctionEvent, State

PROBABILITY_FACTOR = 10.0
"""A probability that rose by this factor."""

LEAST_PROBABILITY = 1e-7
"""Below the threshold for which messages are made, a rise tells nobody anything."""

MISS_DISTANCE_FACTOR = 0.5
"""A miss distance that fell below this part of what it was."""

TCA_SHIFT_S = 60.0


@dataclass(frozen=True, slots=True)
class EventPicture:
    """What a person was told of an event, kept to compare with what is known next."""

    level: Level
    state: State
    tca: datetime
    miss_distance_m: float
    collision_probability: float | None
    maximum_probability: float | None

    @classmethod
    def of(cls, event: ConjunctionEvent) -> "EventPicture":
        """The picture that an event gives now."""
        leading = event.leading
        return cls(
            level=event.level,
            state=event.state,
            tca=leading.tca,
            miss_distance_m=leading.miss_distance_m,
            collision_probability=leading.collision_probability,
            maximum_probability=leading.maximum_probability,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"tca": self.tca.isoformat()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "EventPicture":
        """Read back what `to_dict` wrote."""
        return cls(**(values | {"tca": datetime.fromisoformat(values["tca"])}))


def _level_raised(before: EventPicture, after: EventPicture) -> bool:
    return severity(after.level) > severity(before.level)


def _level_lowered(before: EventPicture, after: EventPicture) -> bool:
    return severity(after.level) < severity(before.level)


def _probability_raised(before: EventPicture, after: EventPicture) -> bool:
    if after.collision_probability is None:
        return False
    threshold = PROBABILITY_FACTOR * (before.collision_probability or 0.0)
    return after.collision_probability >= max(threshold, LEAST_PROBABILITY)


def _miss_distance_fell(before: EventPicture, after: EventPicture) -> bool:
    return after.miss_distance_m <= MISS_DISTANCE_FACTOR * before.miss_distance_m


def _tca_moved(before: EventPicture, after: EventPicture) -> bool:
    return abs((after.tca - before.tca).total_seconds()) > TCA_SHIFT_S


def _mitigated(before: EventPicture, after: EventPicture) -> bool:
    return after.state == "mitigated" and before.state != "mitigated"


RULES: dict[str, Callable[[EventPicture, EventPicture], bool]] = {
    "level_raised": _level_raised,
    "level_lowered": _level_lowered,
    "probability_raised": _probability_raised,
    "miss_distance_fell": _miss_distance_fell,
    "tca_moved": _tca_moved,
    "mitigated": _mitigated,
}
"""Reason by name, and when it applies."""


def materially_changed(before: EventPicture | None, after: EventPicture) -> tuple[str, ...]:
    """Reasons why the picture differs materially; empty where it does not, ("new",) where there was none before."""
    if before is None:
        return ("new",)
    return tuple(reason for reason, applies in RULES.items() if applies(before, after))
