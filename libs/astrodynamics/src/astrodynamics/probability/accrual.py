"""How the probability of collision accrues during an encounter on straight lines.

The joint density of position in the encounter plane and along the relative velocity, as in V. T. Coppola, "Evaluating
the Short Encounter Assumption of the Probability of Collision Formula", AAS 12-248 (2012): the pair has met by a time
if it entered the sphere of the hard-body radius before. The last value is the probability of the disk.
"""

import numpy as np
import numpy.typing as npt

from astrodynamics import encounter
from astrodynamics.encounter_duration import encounter_bounds_s
from astrodynamics.errors import InvalidStateError
from astrodynamics.probability.sensitivity import Curve

Array = npt.NDArray[np.float64]

_POINTS = 161


def accrual_curve(
    position_1_km: npt.ArrayLike,
    velocity_1_km_s: npt.ArrayLike,
    covariance_1_km2: npt.ArrayLike,
    position_2_km: npt.ArrayLike,
    velocity_2_km_s: npt.ArrayLike,
    covariance_2_km2: npt.ArrayLike,
    hard_body_radius_m: float,
    times_s: npt.ArrayLike | None = None,
) -> Curve:
    """Probability that one pair has met by each time, in seconds from closest approach.

    Parameters as for `collision_probability`, for one encounter; the default times span Coppola's bounds. The disk is
    summed at fixed nodes: exact to 1e-6 where it is no wider than some ten standard deviations.

    Raises
    ------
    InvalidStateError
        There is no relative velocity, or the combined covariance is not positive definite.

    """
    from astrodynamics.probability.accrual_kernels import fill_accrual  # noqa: PLC0415 - numba is imported when a kernel is first used

    position = np.asarray(position_2_km, dtype=np.float64) - np.asarray(position_1_km, dtype=np.float64)
    velocity = np.asarray(velocity_2_km_s, dtype=np.float64) - np.asarray(velocity_1_km_s, dtype=np.float64)
    covariance = np.asarray(covariance_1_km2)[:3, :3] + np.asarray(covariance_2_km2)[:3, :3]
    position = position + velocity * encounter.tca_offset_s(position, velocity)
    radius_km = hard_body_radius_m * 1e-3
    speed = float(encounter.norm(velocity))
    if speed == 0.0:
        raise InvalidStateError("The relative velocity is zero: there is no encounter plane. Give other states.")
    plane = encounter.encounter_plane(position, velocity, covariance)
    axes = np.stack((plane.axis_x, plane.axis_y, velocity / speed))
    turned = axes @ covariance @ axes.T
    if not np.all(np.linalg.eigvalsh(turned) > 0.0):
        raise InvalidStateError("The combined covariance is not positive definite. Give other covariances.")
    inverse = np.linalg.inv(turned[:2, :2])
    slope = turned[2, :2] @ inverse
    sigma = float(np.sqrt(max(turned[2, 2] - slope @ turned[:2, 2], 0.0)))
    if times_s is None:
        begin, end = encounter_bounds_s(position, velocity, covariance, radius_km)
        times = np.linspace(float(begin), float(end), _POINTS)
    else:
        times = np.atleast_1d(np.asarray(times_s, dtype=np.float64))
    probability = np.empty(times.size)
    fill_accrual(
        float(plane.miss_distance_km),
        np.array([inverse[0, 0], inverse[0, 1], inverse[1, 1]]),
        slope,
        sigma,
        speed,
        radius_km,
        times,
        probability,
    )
    return Curve("time_from_tca_s", times, probability)
