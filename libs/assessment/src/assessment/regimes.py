"""Orbit regimes: what decides which screening volume and which reporting criteria apply.

Spaceflight Safety Handbook, tables 3 to 7. Altitudes are above the equatorial radius.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from assessment.errors import UnusableTrajectoryError

Regime = Literal["near-earth", "deep-space"]

EARTH_RADIUS_KM = 6378.137
EARTH_MU_KM3_S2 = 398600.4418
NEAR_EARTH_PERIOD_MIN = 225.0
"""The handbook writes both "<" and "<=" for near earth; here the limit itself is near earth."""


@dataclass(frozen=True, slots=True)
class Orbit:
    """Size, shape and inclination of an orbit about the Earth, osculating or mean as its source is."""

    perigee_altitude_km: float
    apogee_altitude_km: float
    period_min: float
    eccentricity: float
    inclination_deg: float

    @property
    def regime(self) -> Regime:
        """Near earth up to a period of 225 minutes, else deep space."""
        return "near-earth" if self.period_min <= NEAR_EARTH_PERIOD_MIN else "deep-space"


def _orbit(semi_major_axis_km: float, eccentricity: float, inclination_deg: float) -> Orbit:
    return Orbit(
        perigee_altitude_km=semi_major_axis_km * (1.0 - eccentricity) - EARTH_RADIUS_KM,
        apogee_altitude_km=semi_major_axis_km * (1.0 + eccentricity) - EARTH_RADIUS_KM,
        period_min=2.0 * math.pi * math.sqrt(semi_major_axis_km**3 / EARTH_MU_KM3_S2) / 60.0,
        eccentricity=eccentricity,
        inclination_deg=inclination_deg,
    )


def orbit_from_state(position_km: npt.NDArray[np.float64], velocity_km_s: npt.NDArray[np.float64]) -> Orbit:
    """Osculating orbit of one inertial state, both vectors of shape (3,).

    Raises
    ------
    UnusableTrajectoryError
        Where the state is not on a closed orbit about the Earth.

    """
    distance = float(np.linalg.norm(position_km))
    speed_squared = float(velocity_km_s @ velocity_km_s)
    if not (math.isfinite(distance) and math.isfinite(speed_squared) and distance > 0.0):
        raise UnusableTrajectoryError("The state is not finite: no orbit can be derived from it.")
    energy = 0.5 * speed_squared - EARTH_MU_KM3_S2 / distance
    if energy >= 0.0:
        raise UnusableTrajectoryError("The state is not on a closed orbit about the Earth: it has no period.")
    momentum = np.cross(position_km, velocity_km_s)
    eccentricity_vector = np.cross(velocity_km_s, momentum) / EARTH_MU_KM3_S2 - position_km / distance
    cosine = float(momentum[2] / np.linalg.norm(momentum)) if np.any(momentum) else 1.0
    return _orbit(
        -0.5 * EARTH_MU_KM3_S2 / energy,
        float(np.linalg.norm(eccentricity_vector)),
        math.degrees(math.acos(max(-1.0, min(1.0, cosine)))),
    )


def orbit_from_mean_elements(mean_motion_rev_day: float, eccentricity: float, inclination_deg: float) -> Orbit:
    """Orbit of a mean element set, with Kepler's third law for the semi-major axis.

    Raises
    ------
    UnusableTrajectoryError
        Where the mean motion is not positive.

    """
    if not mean_motion_rev_day > 0.0:
        raise UnusableTrajectoryError(f"The mean motion {mean_motion_rev_day} rev/day is not positive.")
    rate_rad_s = mean_motion_rev_day * 2.0 * math.pi / 86400.0
    return _orbit((EARTH_MU_KM3_S2 / rate_rad_s**2) ** (1.0 / 3.0), eccentricity, inclination_deg)
