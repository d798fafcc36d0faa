"""Between which radii an object stays over a span: a sound filter where few primaries meet a whole catalogue."""

import numpy as np
import numpy.typing as npt

from astrodynamics.screening.population import Population
from astrodynamics.sgp4.constants import EARTH_RADIUS_KM
from astrodynamics.timescales import SECOND_NS

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]

NEAR_EARTH_PAD_KM = 40.0
"""Short and long-period terms of the zonal harmonics reach 25 km."""
DEEP_SPACE_PAD_KM = 120.0
"""As above, and the libration of resonant orbits, 35 km."""
_INSTANTS = 5
_PERIODIC_BOUND = (0.25, 0.5)
"""Largest |f2| and |f3| of the lunar and solar periodics."""


def element_bands_km(population: Population, start_tai_ns: int, stop_tai_ns: int) -> tuple[Floats, Floats]:
    """Lowest and highest radius (km) of every element set within a span, unbounded where SGP4 fails in it.

    From the mean semi-major axis and eccentricity at five instants, with drag and lunar and solar rates, and generous
    pads.
    """
    propagator = population.propagator
    instants = np.linspace(start_tai_ns, stop_tai_ns, _INSTANTS).astype(np.int64)
    low = np.empty(len(population.elements))
    high = np.empty(len(population.elements))
    for deep in (False, True):
        of_kind = np.flatnonzero(propagator.is_deep_space == deep)
        c = propagator.coefficients.deep_space if deep else propagator.coefficients.near_earth
        t = (instants[None, :] - population.elements.epoch_tai_ns[of_kind, None]) / (60.0 * SECOND_NS)
        with np.errstate(all="ignore"):
            shrink = 1.0 - c["cc1"][:, None] * t
            eccentricity = c["ecco"][:, None] - c["bcc4"][:, None] * t
            pad_km = np.full(len(of_kind), DEEP_SPACE_PAD_KM if deep else NEAR_EARTH_PAD_KM)
            if deep:
                eccentricity = eccentricity + c["dedt"][:, None] * t
                swing = _PERIODIC_BOUND[0] * (np.abs(c["se2"]) + np.abs(c["ee2"])) + _PERIODIC_BOUND[1] * (
                    np.abs(c["se3"]) + np.abs(c["e3"])
                )
                pad_km += c["ao"] * swing * EARTH_RADIUS_KM
            else:
                shrink = shrink - t * t * (c["d2"][:, None] + t * (c["d3"][:, None] + t * c["d4"][:, None]))
                pad_km += 2.0 * c["ao"] * np.abs(c["bcc5"]) * EARTH_RADIUS_KM
            axis_km = c["ao"][:, None] * shrink * shrink * EARTH_RADIUS_KM
            drag_km = np.ptp(axis_km, axis=1)
            low[of_kind] = (axis_km * (1.0 - eccentricity)).min(axis=1) - pad_km - drag_km
            high[of_kind] = (axis_km * (1.0 + eccentricity)).max(axis=1) + pad_km + drag_km
    error = propagator.propagate(instants)[2]
    unknown = (error != 0).any(axis=1) | ~np.isfinite(low) | ~np.isfinite(high)
    low[unknown], high[unknown] = 0.0, np.inf
    return low, high


def ephemeris_band_km(population: Population, index: int, start_tai_ns: int, stop_tai_ns: int) -> tuple[float, float]:
    """Lowest and highest radius of an ephemeris within a span, from states every minute."""
    ephemeris = population.ephemerides[index - len(population.elements)]
    low, high = np.inf, 0.0
    for begin, end in ephemeris.usable_intervals:
        inside = (max(begin, start_tai_ns), min(end, stop_tai_ns))
        if inside[0] <= inside[1]:
            instants = np.append(np.arange(inside[0], inside[1], 60 * SECOND_NS), inside[1])
            r, v, _ = ephemeris.state(instants)
            radius = np.linalg.norm(r, axis=1)
            between_km = 60.0 * np.abs(np.einsum("ij,ij->i", r, v) / radius).max() + 10.0
            low, high = min(low, radius.min() - between_km), max(high, radius.max() + between_km)
    return float(low), float(high)
