"""Objects that all move in one thin shell: few of them make many approaches."""

from datetime import datetime

import numpy as np

from assessment.catalogues import Catalogue
from astrodynamics.sgp4 import ElementArrays
from astrodynamics.timescales import from_datetime

__all__ = ["dense_shell", "shell_elements"]


def shell_elements(count: int, epoch: datetime, spread_rev_day: float = 0.01) -> ElementArrays:
    """Elements numbered from 1, at the same height but for `spread_rev_day`, with random nodes and anomalies."""
    rng = np.random.default_rng(7)
    return ElementArrays(
        norad_cat_id=np.arange(1, count + 1),
        epoch_tai_ns=np.full(count, from_datetime(epoch)),
        mean_motion_rev_day=15.0 + spread_rev_day * rng.random(count),
        eccentricity=np.full(count, 0.001),
        inclination_deg=53.0 + rng.random(count),
        raan_deg=360.0 * rng.random(count),
        arg_of_perigee_deg=np.zeros(count),
        mean_anomaly_deg=360.0 * rng.random(count),
        bstar=np.zeros(count),
    )


def dense_shell(count: int, epoch: datetime, spread_rev_day: float = 0.01) -> Catalogue:
    """The same as a catalogue with names."""
    names = tuple(f"OBJECT {number}" for number in range(1, count + 1))
    return Catalogue(shell_elements(count, epoch, spread_rev_day), names, ("",) * count)
