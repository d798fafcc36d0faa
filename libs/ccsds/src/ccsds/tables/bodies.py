"""Bodies that orbits are about: how far out their surface begins, and how they attract.

Polar radii after the IAU Working Group on Cartographic Coordinates and Rotational Elements, report 2015 (Archinal et
al. 2018); gravitational coefficients after JPL DE440 (Park et al. 2021). Both serve plausibility only.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["BODIES", "Body"]


class Body(NamedTuple):
    """Smallest radius of the surface (km) and gravitational coefficient (km³/s²)."""

    radius_km: float
    gm_km3_s2: float


BODIES = {
    "EARTH": Body(6356.752, 398600.4355),
    "MOON": Body(1736.0, 4902.8001),
    "SUN": Body(695700.0, 132712440041.28),
    "MERCURY": Body(2438.3, 22031.8686),
    "VENUS": Body(6051.8, 324858.592),
    "MARS": Body(3373.0, 42828.3752),
    "JUPITER": Body(66854.0, 126686531.9),
    "SATURN": Body(54364.0, 37931206.2),
    "URANUS": Body(24973.0, 5793951.3),
    "NEPTUNE": Body(24341.0, 6835099.97),
    "PLUTO": Body(1188.3, 869.61),
}
