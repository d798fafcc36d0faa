"""Hard-body radii: whose a radius is, where it came from, and the sum that a probability needs.

A radius belongs to one object. The order of sources is that of the service's rules: the operator's own, then
Space-Track's, then what a CDM says of the object, then a default by its type, labelled as such.
"""

import math
from dataclasses import dataclass
from typing import Literal

RadiusSource = Literal["operator", "space-track", "cdm", "default", "cdm-combined", "request"]

DEFAULT_RADII_M: dict[str, float] = {"DEBRIS": 1.0, "ROCKET BODY": 3.0, "PAYLOAD": 5.0}
"""Radius by CDM object type where nothing else is known; any other type takes `UNKNOWN_RADIUS_M`."""

UNKNOWN_RADIUS_M = 5.0


@dataclass(frozen=True, slots=True)
class HardBodyRadius:
    """The radius of one object in metres, and its source."""

    radius_m: float
    source: RadiusSource


@dataclass(frozen=True, slots=True)
class CombinedRadius:
    """The radius that enters a probability.

    Attributes
    ----------
    radius_m
        Sum of both objects' radii, or a combined radius as it was given.
    sources
        Where the two radii came from; one entry where the sum itself was given.
    """

    radius_m: float
    sources: tuple[RadiusSource, ...]


def known(radius_m: float | None) -> float | None:
    """The radius, or None where it is absent or means "unknown": 0.00 and anything that is no positive number."""
    if radius_m is None or not math.isfinite(radius_m) or radius_m <= 0.0:
        return None
    return radius_m


def radius_of_area(area_m2: float | None) -> float | None:
    """Radius in metres of the disk of that area; None where the area is unknown (absent or 0.0)."""
    area = known(area_m2)
    return None if area is None else math.sqrt(area / math.pi)


def choose_radius(
    *,
    operator_m: float | None = None,
    space_track_m: float | None = None,
    cdm_m: float | None = None,
    area_pc_m2: float | None = None,
    object_type: str | None = None,
    defaults_m: dict[str, float] | None = None,
) -> HardBodyRadius:
    """The radius of one object from the best source that knows it."""
    candidates: tuple[tuple[float | None, RadiusSource], ...] = (
        (known(operator_m), "operator"),
        (known(space_track_m), "space-track"),
        (known(cdm_m), "cdm"),
        (radius_of_area(area_pc_m2), "cdm"),
    )
    for radius, source in candidates:
        if radius is not None:
            return HardBodyRadius(radius, source)
    defaults = DEFAULT_RADII_M if defaults_m is None else defaults_m
    return HardBodyRadius(defaults.get((object_type or "").upper(), UNKNOWN_RADIUS_M), "default")


def combine(first: HardBodyRadius, second: HardBodyRadius) -> CombinedRadius:
    """Sum of two objects' radii."""
    return CombinedRadius(first.radius_m + second.radius_m, (first.source, second.source))
