"""The field's mark for "this object has no covariance": ten Earth radii of position uncertainty.

A CDM must carry 21 covariance values, so an object without covariance gets values that nobody mistakes for real ones:
position variances of (10 Earth radii)², velocity variances of 1e8 m²/s², all else zero, COVARIANCE_METHOD = DEFAULT.
"""

import numpy as np
import numpy.typing as npt

from assessment.regimes import EARTH_RADIUS_KM

Floats = npt.NDArray[np.float64]

POSITION_VARIANCE_M2 = (10.0 * EARTH_RADIUS_KM * 1e3) ** 2
VELOCITY_VARIANCE_M2_S2 = 1e8

_RECOGNISED_PART = 0.99
"""Writers round the Earth radius, so a slightly smaller sigma is the mark as well (as in NASA CARA's software)."""


def sentinel_covariance_m2() -> Floats:
    """The placeholder matrix, shape (6, 6), m² and m²/s²."""
    return np.diag([POSITION_VARIANCE_M2] * 3 + [VELOCITY_VARIANCE_M2_S2] * 3)


def is_usable(covariance_m2: Floats | None) -> bool:
    """Whether a covariance, at least (3, 3) in m², says anything: not absent, not all zero, not the placeholder."""
    if covariance_m2 is None:
        return False
    position = covariance_m2[:3, :3]
    if not np.all(np.isfinite(position)) or not np.any(position):
        return False
    return bool(np.max(np.diagonal(position)) < _RECOGNISED_PART**2 * POSITION_VARIANCE_M2)
