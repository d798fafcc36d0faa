"""Our values of a collision probability beside the one that a message states, and which of ours that one is.

A message's COLLISION_PROBABILITY_METHOD does not tell the definition: FOSTER-1992 stands for the circumscribing square
(19 SDS; up to 27 per cent more), for the disk, and for values that consider curved motion. So the value is computed by
several definitions, and the one that it agrees with is named. A difference of definitions is no fault of a message.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from astrodynamics.probability import METHODS, CollisionProbability

UNREFINED_DISK = "disk_unrefined"
CORRELATED_DISK = "disk_density_correlated"
VARIANTS: dict[str, str] = {
    UNREFINED_DISK: "Foster 1992, disk, states not moved to their closest approach",
    CORRELATED_DISK: "Foster 1992, disk, errors of both orbits correlated by the atmosphere (Casali 2018)",
}
"""Definitions beside the methods of `astrodynamics.probability.METHODS`, and their titles."""

PREFERENCE = (
    "disk",
    "square",
    UNREFINED_DISK,
    "nc_2d",
    "nc_3d",
    CORRELATED_DISK,
    "equal_area_square",
    "chan",
    "alfano",
    "alfriend",
)
"""Of the definitions that a value agrees with the first of these is named: several methods compute one integral."""

PRINTED_DIGITS = 4
"""What messages print at least."""
NEAR_TOLERANCE = 2e-3
"""A value this near is named as well, where none agrees to the digits that are printed."""
_COMPUTED_TOLERANCE = 1e-4
_FAR = 10.0
"""From here on, and from a tenth down, a ratio says more than a percentage."""


@dataclass(frozen=True, slots=True)
class ComparedValue:
    """One of our values.

    Attributes
    ----------
    name, title
        A key of `METHODS` or of `VARIANTS`, and what people read.
    probability
        None where `reason` says why.
    flags
        Keys of `astrodynamics.probability.FLAGS`.
    is_bound
        True where it is not a probability.
    above_stated
        Relative difference to the message's value; None where one of both is missing.
    agrees
        Whether that is within what messages print.
    """

    name: str
    title: str
    probability: float | None
    reason: str | None
    flags: tuple[str, ...]
    is_bound: bool
    above_stated: float | None
    agrees: bool

    @property
    def relation(self) -> str | None:
        """How far it is from the message's value, in words; None where one of both is missing."""
        return None if self.above_stated is None else _relation(self.above_stated)


@dataclass(frozen=True, slots=True)
class ProbabilityComparison:
    """A message's value and ours.

    Attributes
    ----------
    stated, stated_method
        As the message has them; None where it has none.
    values
        Ours, in the order in which they were computed.
    matching
        The definition that the message's value is; None where it is none of them, or there is no value.
    """

    stated: float | None
    stated_method: str | None
    values: tuple[ComparedValue, ...]
    matching: str | None

    @property
    def statement(self) -> str:
        """What the comparison comes to, in one sentence."""
        if self.stated is None:
            return "The message states no probability."
        if self.stated == 0.0:
            return (
                "The message states a probability of 0, which no definition gives: it stands for less than it prints."
            )
        label = self.stated_method or "probability without a method"
        if self.matching is not None:
            named = {value.name: value for value in self.values}
            sentence = f"The message's {label} is the value of: {named[self.matching].title}"
            disk = named.get("disk")
            if self.matching != "disk" and disk is not None and disk.probability:
                sentence += f"; it is {_relation(self.stated / disk.probability - 1.0)} that of the disk"
            return sentence + "."
        nearest = _nearest(self.values)
        if nearest is None:
            return f"The message's {label} cannot be compared: none of our values can be computed."
        return (
            f"The message's {label} is none of our values; the nearest is {_relation(nearest.above_stated or 0.0)} it: "
            f"{nearest.title}."
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "stated": self.stated,
            "stated_method": self.stated_method,
            "matching": self.matching,
            "statement": self.statement,
            "values": [asdict(value) | {"flags": list(value.flags)} for value in self.values],
        }


def compare(
    stated: float | None, stated_method: str | None, results: Mapping[str, CollisionProbability]
) -> ProbabilityComparison:
    """Set our results, by definition, beside the value that a message states."""
    values = tuple(_compared(name, result, stated) for name, result in results.items())
    return ProbabilityComparison(stated, stated_method, values, _matching(values))


def _compared(name: str, result: CollisionProbability, stated: float | None) -> ComparedValue:
    method = METHODS.get(name)
    reason = result.reason if isinstance(result.reason, str) else None
    value = float(result.probability)
    usable = reason is None and math.isfinite(value)
    above = value / stated - 1.0 if usable and stated is not None and stated > 0.0 else None
    is_bound = method is not None and method.is_bound
    tolerance = max(_COMPUTED_TOLERANCE, _printed_tolerance(stated))
    return ComparedValue(
        name=name,
        title=VARIANTS[name] if method is None else method.title,
        probability=value if usable else None,
        reason=reason,
        flags=tuple(str(flag) for flag in result.flags),
        is_bound=is_bound,
        above_stated=above,
        agrees=above is not None and not is_bound and abs(above) <= tolerance,
    )


def _printed_tolerance(stated: float | None) -> float:
    """Relative half unit, and a little, of the last of the digits that messages print at least."""
    if stated is None or not stated > 0.0:
        return 0.0
    last_digit = math.floor(math.log10(stated)) - PRINTED_DIGITS + 1
    return float(0.6 * 10.0**last_digit / stated)


def _matching(values: tuple[ComparedValue, ...]) -> str | None:
    agreeing = [value.name for value in values if value.agrees]
    if agreeing:
        return next((name for name in PREFERENCE if name in agreeing), agreeing[0])
    nearest = _nearest(values)
    return None if nearest is None or abs(nearest.above_stated or 0.0) > NEAR_TOLERANCE else nearest.name


def _nearest(values: tuple[ComparedValue, ...]) -> ComparedValue | None:
    """The nearest by ratio."""
    comparable = [value for value in values if value.above_stated is not None and not value.is_bound]
    return min(comparable, key=lambda value: _log_ratio(value.above_stated or 0.0), default=None)


def _log_ratio(above: float) -> float:
    return abs(math.log1p(above)) if above > -1.0 else math.inf


def _relation(above: float) -> str:
    if 1.0 / _FAR - 1.0 < above < _FAR:
        return f"{abs(above):.2%} {'above' if above > 0.0 else 'below'}"
    return f"{above + 1.0:.3g} times"
