"""How long an encounter lasts: bounds on the time during which nearly all of the collision probability accrues.

V. T. Coppola, "Evaluating the Short Encounter Assumption of the Probability of Collision Formula", AAS 12-248 (2012).
"""

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import encounter_plane, norm

Array = npt.NDArray[np.float64]

NEGLECTED_PROBABILITY = 1e-16
"""The part of the probability that may lie outside the bounds, as in NASA CARA's software."""

_ERFC_INVERSE = 5.872370090453963
"""The argument at which erfc is NEGLECTED_PROBABILITY."""


def encounter_bounds_s(
    relative_position_km: Array,
    relative_velocity_km_s: Array,
    covariance_km2: Array,
    hard_body_radius_km: Array | float,
) -> tuple[Array, Array]:
    """Begin and end of the encounter relative to the time of the states, in seconds, each of shape (...).

    Infinite where there is no relative velocity; NaN where the covariance in the plane is singular.

    Parameters
    ----------
    relative_position_km, relative_velocity_km_s
        Of object 2 as seen from object 1 at closest approach, shape (..., 3).
    covariance_km2
        Combined position covariance in the same axes, shape (..., 3, 3).
    hard_body_radius_km
        Combined radius.

    """
    speed = norm(relative_velocity_km_s)
    plane = encounter_plane(relative_position_km, relative_velocity_km_s, covariance_km2)
    with np.errstate(invalid="ignore", divide="ignore"):
        axis_v = relative_velocity_km_s / speed[..., None]
        along_v = np.einsum("...ij,...j->...i", covariance_km2, axis_v)
        variance_v = np.einsum("...i,...i->...", axis_v, along_v)
        cross_x = np.einsum("...i,...i->...", plane.axis_x, along_v)
        cross_y = np.einsum("...i,...i->...", plane.axis_y, along_v)
        xx, xy, yy = (plane.covariance_km2[..., i] for i in range(3))
        determinant = xx * yy - xy * xy
        slope_x = (yy * cross_x - xy * cross_y) / determinant
        slope_y = (xx * cross_y - xy * cross_x) / determinant
        centre = slope_x * plane.miss_distance_km
        sigma_v = np.sqrt(np.maximum(variance_v - slope_x * cross_x - slope_y * cross_y, 0.0))
        slope_squared = slope_x * slope_x + slope_y * slope_y
        reach = np.sqrt(2.0) * _ERFC_INVERSE * sigma_v
        begin = (-reach + centre - hard_body_radius_km * np.sqrt(1.0 + slope_squared)) / speed
        end = (reach + centre + hard_body_radius_km * np.sqrt(slope_squared)) / speed
    still = speed == 0.0
    return np.where(still, -np.inf, begin), np.where(still, np.inf, end)
