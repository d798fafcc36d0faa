"""Everything that is slow at its first use, ahead of time."""

import numpy as np

from astrodynamics import probability
from astrodynamics.interpolation import hermite
from astrodynamics.sgp4 import ElementArrays, Propagator


def warm_up() -> None:
    """Compile the kernels that an assessment uses, or read them from the cache of compiled code."""
    probability.warm_up()
    epochs = np.arange(8, dtype=np.int64) * 60_000_000_000
    hermite(epochs, np.zeros((8, 3)), np.zeros((8, 3)), epochs[:1])
    near_and_deep = np.array([15.0, 2.0])
    rest = np.array([1e-3, 1e-3])
    elements = ElementArrays(
        norad_cat_id=np.array([1, 2]),
        epoch_tai_ns=epochs[:2],
        mean_motion_rev_day=near_and_deep,
        eccentricity=rest,
        inclination_deg=rest,
        raan_deg=rest,
        arg_of_perigee_deg=rest,
        mean_anomaly_deg=rest,
        bstar=rest,
    )
    Propagator(elements).propagate(epochs[:1])
