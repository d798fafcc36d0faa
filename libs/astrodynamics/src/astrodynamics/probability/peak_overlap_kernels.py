"""Relative motion of two objects linearised where their uncertainties overlap most, compiled.

D. T. Hall, "Expected Collision Rates for Tracked Satellites", Journal of Spacecraft and Rockets 58 (2021): Cartesian
covariances propagated linearly fail where they are bent along the orbit. Gaussians in equinoctial elements stay good
for much longer, so each object is linearised at the elements from which it is at the *peak overlap position*, the place
where the product of both densities is greatest, instead of at its mean elements.
"""

import math

import numpy as np
import numpy.typing as npt

from astrodynamics.jit import inner, kernel
from astrodynamics.probability.equinoctial_kernels import state_and_partials

Array = npt.NDArray[np.float64]

_ITERATIONS = 60
_UNDAMPED = 25
_TOLERANCE, _LOOSEST_TOLERANCE = 1e-11, 1e-4
"""Of the squared Mahalanobis distance. Doubled with each iteration: where the uncertainty is small against the orbit,
rounding alone moves the distance by more than the first."""


@inner
def factorise(matrix: Array, floor: float, lower: Array) -> bool:
    """Fill the Cholesky factor of the upper left 3x3; pivots below `floor`² are raised to it. False if one was."""
    sound = True
    for j in range(3):
        pivot = matrix[j, j]
        for k in range(j):
            pivot -= lower[j, k] * lower[j, k]
        if not pivot > floor * floor:
            sound = False
            pivot = floor * floor
        lower[j, j] = math.sqrt(pivot)
        for i in range(j + 1, 3):
            value = 0.5 * (matrix[i, j] + matrix[j, i])
            for k in range(j):
                value -= lower[i, k] * lower[j, k]
            lower[i, j] = value / lower[j, j]
            lower[j, i] = 0.0
    return sound


@inner
def forward(lower: Array, x: Array) -> None:
    """Solve L y = x in place, shape (3,)."""
    x[0] /= lower[0, 0]
    x[1] = (x[1] - lower[1, 0] * x[0]) / lower[1, 1]
    x[2] = (x[2] - lower[2, 0] * x[0] - lower[2, 1] * x[1]) / lower[2, 2]


@inner
def backward(lower: Array, y: Array) -> None:
    """Solve L' x = y in place, shape (3,)."""
    y[2] /= lower[2, 2]
    y[1] = (y[1] - lower[2, 1] * y[2]) / lower[1, 1]
    y[0] = (y[0] - lower[1, 0] * y[1] - lower[2, 0] * y[2]) / lower[0, 0]


@inner
def relative_motion(
    elements: Array, covariances: Array, elapsed_s: float, floor_km: float, mean: Array, covariance: Array
) -> bool:
    """Fill mean (6,) and covariance (6, 6) of the motion of object 2 about object 1 after a time, at the peak overlap.

    With the state linear about trial elements, the two Gaussians of position overlap most where the change of the
    elements is Q Jr' S d: Q the covariance of the elements, Jr the derivatives of the position, d the separation of the
    linearised means and S the inverse of the sum of both position covariances. The elements so found are the next
    trial. False where that does not converge or leaves the closed orbits.

    Parameters
    ----------
    elements
        Mean elements of both objects at time zero, shape (2, 6).
    covariances
        Of those elements, shape (2, 6, 6).
    elapsed_s
        Time since then.
    floor_km
        Smallest extent of the position uncertainty.

    """
    trial = elements.copy()
    state = np.empty(6)
    partials = np.empty((6, 6))
    spread = np.empty((2, 6, 6))  # Q J'
    lower = np.zeros((3, 3))
    step = np.empty(3)
    previous = math.inf
    tolerance = _TOLERANCE
    for iteration in range(_ITERATIONS):
        mean[:] = 0.0
        covariance[:, :] = 0.0
        for index in range(2):
            if not state_and_partials(trial[index], elapsed_s, state, partials):
                return False
            sign = 1.0 if index == 1 else -1.0
            for i in range(6):
                value = state[i]
                for k in range(6):
                    value += partials[i, k] * (elements[index, k] - trial[index, k])
                    total = 0.0
                    for m in range(6):
                        total += covariances[index, k, m] * partials[i, m]
                    spread[index, k, i] = total
                mean[i] += sign * value
            for i in range(6):
                for j in range(i + 1):
                    total = 0.0
                    for k in range(6):
                        total += partials[i, k] * spread[index, k, j]
                    covariance[i, j] += total
        for i in range(6):
            for j in range(i):
                covariance[j, i] = covariance[i, j]
        factorise(covariance, floor_km, lower)
        step[0], step[1], step[2] = mean[0], mean[1], mean[2]
        forward(lower, step)
        squared = step[0] * step[0] + step[1] * step[1] + step[2] * step[2]
        if abs(squared - previous) <= tolerance * (1.0 + squared):
            return True
        tolerance = min(2.0 * tolerance, _LOOSEST_TOLERANCE)
        previous = squared
        backward(lower, step)
        damping = 1.0 if iteration < _UNDAMPED else 0.5
        for index in range(2):
            sign = -1.0 if index == 1 else 1.0
            for k in range(6):
                change = 0.0
                for i in range(3):
                    change += spread[index, k, i] * step[i]
                target = elements[index, k] + sign * change
                trial[index, k] += damping * (target - trial[index, k])
    return False


@kernel
def fill_relative_motion(
    elements: Array, covariances: Array, elapsed_s: float, floor_km: float, mean: Array, covariance: Array
) -> bool:
    """Fill mean and covariance as `relative_motion`; False where there is none."""
    return relative_motion(elements, covariances, elapsed_s, floor_km, mean, covariance)
