"""Screening volumes: the handbook's tables as presets, and volumes of a user's own.

Spaceflight Safety Handbook, tables 3 (catalogue), 4 (ephemeris) and 7 (early orbit). A new preset is one entry of
`PRESETS`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from assessment.errors import InvalidVolumeError
from assessment.regimes import Orbit

Shape = Literal["box", "ellipsoid"]
Mode = Literal["covariance", "ellipsoid", "stand-off"]

_LONGEST_LINEAR_PASS_S = 30.0


@dataclass(frozen=True, slots=True)
class ScreeningVolume:
    """Half-sizes in the primary's RTN axes.

    Attributes
    ----------
    name
        Row of a table, or the text that a user gave.
    shape
        A box, or the ellipsoid inscribed in it; a sphere is an ellipsoid of equal half-sizes.
    mode
        What a CDM calls the screening option.
    radial_km, in_track_km, cross_track_km
        Half-sizes.
    reported_days
        How far ahead results are reported.
    """

    name: str
    shape: Shape
    mode: Mode
    radial_km: float
    in_track_km: float
    cross_track_km: float
    reported_days: float

    @property
    def half_sizes_km(self) -> tuple[float, float, float]:
        """Radial, in-track, cross-track."""
        return (self.radial_km, self.in_track_km, self.cross_track_km)

    def is_passed_through(
        self, relative_position_rtn_m: npt.ArrayLike, relative_velocity_rtn_m_s: npt.ArrayLike
    ) -> bool:
        """Whether a pass lies in the volume at any instant: a straight line, half a minute either way.

        Parameters
        ----------
        relative_position_rtn_m, relative_velocity_rtn_m_s
            Of the secondary as seen from the primary at closest approach, shape (3,).

        """
        half = np.asarray(self.half_sizes_km)
        position = np.asarray(relative_position_rtn_m, dtype=np.float64) * 1e-3 / half
        velocity = np.asarray(relative_velocity_rtn_m_s, dtype=np.float64) * 1e-3 / half
        span = _LONGEST_LINEAR_PASS_S
        if self.shape == "ellipsoid":
            speed_squared = float(velocity @ velocity)
            nearest = 0.0 if speed_squared == 0.0 else -float(position @ velocity) / speed_squared
            nearest = max(-span, min(span, nearest))
            return bool(np.linalg.norm(position + nearest * velocity) <= 1.0)
        begin, end = -span, span
        for p, v in zip(position.tolist(), velocity.tolist(), strict=True):
            if v == 0.0:
                if abs(p) > 1.0:
                    return False
                continue
            first, second = sorted(((-1.0 - p) / v, (1.0 - p) / v))
            begin, end = max(begin, first), min(end, second)
        return begin <= end


HAC_DEEP = ScreeningVolume("hac-deep", "ellipsoid", "ellipsoid", 10.0, 10.0, 10.0, 10.0)
HAC_LEO_4 = ScreeningVolume("hac-leo4", "box", "covariance", 0.4, 2.0, 2.0, 5.0)
HAC_LEO_3 = ScreeningVolume("hac-leo3", "box", "covariance", 0.4, 12.0, 12.0, 5.0)
HAC_LEO_2 = ScreeningVolume("hac-leo2", "box", "covariance", 0.4, 25.0, 25.0, 5.0)
HAC_LEO_1 = ScreeningVolume("hac-leo1", "box", "covariance", 0.4, 44.0, 51.0, 5.0)
EPHEMERIS_DEEP = ScreeningVolume("ephemeris-deep", "ellipsoid", "ellipsoid", 20.0, 20.0, 20.0, 10.0)
EPHEMERIS_NEAR = ScreeningVolume("ephemeris-near", "box", "covariance", 2.0, 25.0, 25.0, 7.0)
EARLY_ORBIT_DEEP = ScreeningVolume("early-orbit-deep", "ellipsoid", "ellipsoid", 40.0, 77.0, 107.0, 10.0)
EARLY_ORBIT_NEAR = ScreeningVolume("early-orbit-near", "box", "covariance", 2.0, 44.0, 51.0, 7.0)


def _hac(orbit: Orbit) -> ScreeningVolume:
    """Table 3. Orbits between its rows take the deep-space row over 225 min, else the row of their perigee."""
    if orbit.regime == "deep-space":
        return HAC_DEEP
    if orbit.perigee_altitude_km > 1200.0:
        return HAC_LEO_4
    if orbit.perigee_altitude_km > 750.0:
        return HAC_LEO_3
    if orbit.perigee_altitude_km > 500.0:
        return HAC_LEO_2
    return HAC_LEO_1


def _ephemeris(orbit: Orbit) -> ScreeningVolume:
    """Table 4."""
    return EPHEMERIS_NEAR if orbit.regime == "near-earth" else EPHEMERIS_DEEP


def _early_orbit(orbit: Orbit) -> ScreeningVolume:
    """Table 7: its near-earth row needs a low perigee and a small eccentricity, everything else is deep space."""
    near = orbit.perigee_altitude_km <= 2000.0 and orbit.eccentricity < 0.25
    return EARLY_ORBIT_NEAR if near else EARLY_ORBIT_DEEP


def _always(volume: ScreeningVolume) -> Callable[[Orbit], ScreeningVolume]:
    return lambda _orbit: volume


PRESETS: dict[str, Callable[[Orbit], ScreeningVolume]] = {
    "hac": _hac,
    "ephemeris": _ephemeris,
    "early-orbit": _early_orbit,
    "hac-leo1": _always(HAC_LEO_1),
    "hac-leo2": _always(HAC_LEO_2),
    "hac-leo3": _always(HAC_LEO_3),
    "hac-leo4": _always(HAC_LEO_4),
    "hac-deep": _always(HAC_DEEP),
}
"""Presets by name, each a choice by the primary's orbit."""


@dataclass(frozen=True, slots=True)
class VolumeSpec:
    """A volume as it was asked for; which half-sizes it has may depend on the primary's orbit.

    Attributes
    ----------
    text
        Canonical spelling, which `parse_volume` reads back.
    """

    text: str
    choose: Callable[[Orbit], ScreeningVolume]

    def for_orbit(self, orbit: Orbit) -> ScreeningVolume:
        """The volume for a primary on this orbit."""
        return self.choose(orbit)


def parse_volume(text: str) -> VolumeSpec:
    """Read a preset's name, ``sphere:KM``, ``box:R,T,N`` or ``ellipsoid:R,T,N`` (half-sizes in km).

    Raises
    ------
    InvalidVolumeError
        With what would be right.

    """
    cleaned = text.strip().lower()
    if cleaned in PRESETS:
        return VolumeSpec(cleaned, PRESETS[cleaned])
    kind, separator, numbers = cleaned.partition(":")
    expected = {"sphere": 1, "box": 3, "ellipsoid": 3}
    if not separator or kind not in expected:
        raise InvalidVolumeError(
            f"{text!r} is no screening volume: give one of {', '.join(PRESETS)}, or sphere:KM, box:R,T,N, "
            "ellipsoid:R,T,N with half-sizes in km."
        )
    sizes = _half_sizes(text, numbers, expected[kind])
    shown = ",".join(f"{size:g}" for size in sizes)
    radial, in_track, cross_track = sizes if len(sizes) == 3 else sizes * 3
    mode: Mode = "stand-off" if kind == "sphere" else "covariance" if kind == "box" else "ellipsoid"
    volume = ScreeningVolume(
        f"{kind}:{shown}", "box" if kind == "box" else "ellipsoid", mode, radial, in_track, cross_track, math.inf
    )
    return VolumeSpec(volume.name, _always(volume))


def _half_sizes(text: str, numbers: str, count: int) -> tuple[float, ...]:
    parts = numbers.split(",")
    try:
        sizes = tuple(float(part) for part in parts)
    except ValueError:
        raise InvalidVolumeError(f"{text!r}: the half-sizes must be numbers in km.") from None
    if len(sizes) != count:
        raise InvalidVolumeError(f"{text!r}: half-sizes in km: {count} needed, {len(sizes)} given.")
    if not all(math.isfinite(size) and 0.0 < size <= 1000.0 for size in sizes):
        raise InvalidVolumeError(f"{text!r}: each half-size must be more than 0 and at most 1000 km.")
    return sizes
