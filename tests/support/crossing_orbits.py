"""A catalogue of orbits that cross where and when a test wants, and ephemerides made from it."""

from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt
from support.embedded import NOON

from assessment.catalogues import Catalogue
from astrodynamics import frames
from astrodynamics.sgp4 import ElementArrays, Propagator
from astrodynamics.timescales import from_datetime
from astrodynamics.trajectories import Ephemeris, EphemerisSegment

__all__ = ["CROSSING", "DECAYED", "ELSEWHERE", "OURS", "THEIRS", "UNOWNED", "crossing_catalogue", "ephemeris_of"]

CROSSING = NOON + timedelta(hours=1)
"""When everybody is where the orbits cross."""
OURS, UNOWNED, THEIRS, DECAYED, ELSEWHERE = 25544, 30001, 43013, 30002, 30003

_INCLINATION_DEG = 51.6
_MEAN_MOTION_REV_DAY = 15.2


def _elements(numbers: list[int], rows: npt.ArrayLike) -> ElementArrays:
    """Circular orbits at the time of the crossing; rows: node, mean anomaly (degrees), revolutions a day, drag."""
    columns = np.asarray(rows, dtype=np.float64)
    n = len(numbers)
    return ElementArrays(
        norad_cat_id=np.array(numbers),
        epoch_tai_ns=np.full(n, from_datetime(CROSSING)),
        mean_motion_rev_day=columns[:, 2],
        eccentricity=np.full(n, 1e-7),
        inclination_deg=np.full(n, _INCLINATION_DEG),
        raan_deg=columns[:, 0],
        arg_of_perigee_deg=np.zeros(n),
        mean_anomaly_deg=columns[:, 1] % 360.0,
        bstar=columns[:, 3],
    )


def _anomaly_on_meridian_deg(longitude_deg: float) -> float:
    """The mean anomaly with which an orbit of node 0 is above this longitude at the crossing, northbound half first."""

    def beside_km(anomaly_deg: float) -> float:
        elements = _elements([1], [[0.0, anomaly_deg, _MEAN_MOTION_REV_DAY, 0.0]])
        r, _, _ = Propagator(elements).propagate(np.array([from_datetime(CROSSING)]))
        east = np.radians(longitude_deg)
        return float(r[0, 0] @ [np.sin(east), -np.cos(east), 0.0])

    before, here = 100.0, 110.0
    for _ in range(12):
        a, b = beside_km(before), beside_km(here)
        if a == b:
            break
        before, here = here, here - b * (here - before) / (b - a)
    return here


def crossing_catalogue() -> Catalogue:
    """Ours, an object that passes it within a kilometre, one of another operator that passes it closer, and two others.

    Two circular orbits of one inclination mirror each other in the meridian between their nodes, and so do their
    periodic perturbations: one that is above that meridian at mean anomaly M meets one that is at 180° - M.
    """
    turn_deg = 60.0
    ours = _anomaly_on_meridian_deg(90.0 + turn_deg / 2.0)
    degrees_per_km = np.degrees(1.0 / 6870.0)
    rows = {
        OURS: (0.0, ours, _MEAN_MOTION_REV_DAY, 0.0),
        UNOWNED: (turn_deg, 180.0 - ours - 0.9 * degrees_per_km, _MEAN_MOTION_REV_DAY, 0.0),
        THEIRS: (turn_deg, 180.0 - ours + 0.2 * degrees_per_km, _MEAN_MOTION_REV_DAY, 0.0),
        DECAYED: (0.0, 90.0, 17.2, 0.0),  # below the ground
        ELSEWHERE: (0.0, 0.0, 2.0, 0.0),  # far above
    }
    numbers = sorted(rows)
    return Catalogue(
        _elements(numbers, [rows[number] for number in numbers]),
        tuple(f"OBJECT {number}" for number in numbers),
        tuple("" for _ in numbers),
    )


def ephemeris_of(
    norad_cat_id: int,
    *,
    start: datetime = CROSSING - timedelta(minutes=40),
    stop: datetime = CROSSING + timedelta(minutes=40),
    sigma_m: float | None = 50.0,
    shift_km: npt.ArrayLike = (0.0, 0.0, 0.0),
) -> Ephemeris:
    """The ephemeris that an operator would send of an object of the catalogue: a state a minute, in GCRF."""
    catalogue = crossing_catalogue()
    tai_ns = np.arange(from_datetime(start), from_datetime(stop) + 1, 60_000_000_000)
    r, v, _ = Propagator(catalogue.elements).propagate(tai_ns, [catalogue.row_of(norad_cat_id)])
    r_gcrf_km, v_gcrf_km_s = frames.to_gcrf(r[0], v[0], "TEME", tai_ns)
    covariance = None
    if sigma_m is not None:
        variances = np.array([sigma_m**2 * 1e-6] * 3 + [1e-12] * 3)
        covariance = np.broadcast_to(np.diag(variances), (len(tai_ns), 6, 6)).copy()
    segment = EphemerisSegment(
        tai_ns,
        r_gcrf_km + np.asarray(shift_km),
        v_gcrf_km_s,
        int(tai_ns[0]),
        int(tai_ns[-1]),
        covariance_tai_ns=None if covariance is None else tai_ns,
        covariance=covariance,
    )
    return Ephemeris(f"test-{norad_cat_id}", norad_cat_id, (segment,))
