"""Small synthetic populations for the tests of astrodynamics, and an independent dense search through them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from astrodynamics.sgp4 import ElementArrays, Propagator
from astrodynamics.timescales import SECOND_NS, parse_iso_utc

EPOCH = parse_iso_utc("2024-09-17T00:00:00Z")


Floats = npt.NDArray[np.float64]
Instants = npt.NDArray[np.int64]
Positions = Callable[..., Floats]


def elements(
    norad_cat_id: npt.ArrayLike | None = None, epoch_tai_ns: npt.ArrayLike = EPOCH, **columns: Any
) -> ElementArrays:
    """Elements from columns that may be scalars; what is left out is an orbit like that of the ISS."""
    defaults: dict[str, Any] = {
        "mean_motion_rev_day": 15.5,
        "eccentricity": 0.001,
        "inclination_deg": 51.6,
        "raan_deg": 0.0,
        "arg_of_perigee_deg": 0.0,
        "mean_anomaly_deg": 0.0,
        "bstar": 0.0,
    }
    columns = {**defaults, **columns}
    n = max(np.size(column) for column in columns.values())
    numbers = 10_001 + np.arange(n) if norad_cat_id is None else norad_cat_id
    return ElementArrays(
        np.broadcast_to(numbers, n),
        np.broadcast_to(epoch_tai_ns, n),
        **{name: np.broadcast_to(column, n) for name, column in columns.items()},
    )


def joined(*sets: ElementArrays) -> ElementArrays:
    """Several sets of elements as one, numbered anew."""
    names = [name for name in vars(sets[0]) if name != "norad_cat_id"]
    columns = {name: np.concatenate([getattr(one, name) for one in sets]) for name in names}
    return ElementArrays(norad_cat_id=10_001 + np.arange(len(columns["bstar"])), **columns)


def shell(
    rng: np.random.Generator,
    n: int,
    *,
    mean_motion: float = 15.06,
    spread: float = 0.004,
    eccentricity: float = 0.002,
    inclinations: Sequence[float] = (53.0, 70.0, 97.6),
) -> ElementArrays:
    """Low orbits in a thin shell, where close approaches are frequent."""
    return elements(
        mean_motion_rev_day=mean_motion + rng.uniform(-spread, spread, n),
        eccentricity=rng.uniform(0.0, eccentricity, n),
        inclination_deg=rng.choice(inclinations, n),
        raan_deg=rng.uniform(0, 360, n),
        arg_of_perigee_deg=rng.uniform(0, 360, n),
        mean_anomaly_deg=rng.uniform(0, 360, n),
        bstar=rng.uniform(0, 1e-4, n),
    )


def geostationary_cluster(rng: np.random.Generator, n: int) -> ElementArrays:
    """Satellites that share a slot of a few hundredths of a degree: slow relative motion for days."""
    raan, argument = rng.uniform(0, 360, n), rng.uniform(0, 360, n)
    return elements(
        mean_motion_rev_day=1.0027 + rng.uniform(-2e-5, 2e-5, n),
        eccentricity=rng.uniform(1e-5, 4e-4, n),
        inclination_deg=rng.uniform(0.01, 0.08, n),
        raan_deg=raan,
        arg_of_perigee_deg=argument,
        mean_anomaly_deg=(80.0 - raan - argument + rng.uniform(-0.03, 0.03, n)) % 360,
    )


def high_eccentricity(rng: np.random.Generator, n: int) -> ElementArrays:
    """Transfer and Molniya orbits, whose perigees cross the low shells at great speed."""
    return elements(
        mean_motion_rev_day=rng.choice([2.006, 2.26, 4.0], n),
        eccentricity=rng.uniform(0.55, 0.72, n),
        inclination_deg=rng.choice([7.0, 27.0, 63.4], n),
        raan_deg=rng.uniform(0, 360, n),
        arg_of_perigee_deg=rng.uniform(0, 360, n),
        mean_anomaly_deg=rng.uniform(0, 360, n),
        bstar=1e-5,
    )


def dense_minima(
    positions: Positions, instants: Instants, within_km: float, *, step_s: float
) -> list[tuple[int, int, int, float]]:
    """Local minima of the range of all pairs, refined on ever finer grids.

    ``positions(instants)`` gives shape (objects, instants, 3) in any frame that is common to all. Independent of the
    engine: no bounds, no range rates, only distances. Returns rows (i, j, tca_tai_ns, range_km).
    """
    coarse = positions(instants)
    found = []
    n = len(coarse)
    for i in range(n - 1):
        distance = np.linalg.norm(coarse[i + 1 :] - coarse[i], axis=2)
        least = (distance[:, 1:-1] < distance[:, :-2]) & (distance[:, 1:-1] <= distance[:, 2:])
        near = distance[:, 1:-1] < within_km + 16.0 * step_s
        for j, k in zip(*np.nonzero(least & near), strict=True):
            low, high = int(instants[k]), int(instants[k + 2])
            while high - low > 200_000:
                finer = np.linspace(low, high, 41).astype(np.int64)
                both = positions(finer, [i, i + 1 + j])
                best = int(np.clip(np.argmin(np.linalg.norm(both[0] - both[1], axis=1)), 1, 39))
                low, high = int(finer[best - 1]), int(finer[best + 1])
            at = np.array([(low + high) // 2])
            both = positions(at, [i, i + 1 + j])
            range_km = float(np.linalg.norm(both[0, 0] - both[1, 0]))
            if range_km <= within_km:
                found.append((i, i + 1 + int(j), int(at[0]), range_km))
    return found


def seconds(count: float) -> int:
    """Nanoseconds of a number of seconds."""
    return int(count * SECOND_NS)


def propagated(elements_of_all: ElementArrays) -> Positions:
    """A function of instants (and indices) that gives TEME positions."""
    propagator = Propagator(elements_of_all)

    def positions(instants: Instants, indices: Sequence[int] | None = None) -> Floats:
        r_teme_km: Floats = propagator.propagate(instants, indices)[0]
        return r_teme_km

    return positions
