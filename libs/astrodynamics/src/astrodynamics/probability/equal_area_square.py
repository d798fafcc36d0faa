"""Probability of the square of the disk's area, sides along the principal axes of the covariance.

An option of Foster's method in NASA CARA's software (Pc2D_Foster, "squareEquArea"): half-width sqrt(pi)/2 R, a closed
form. Close to the disk where that is small against the ellipse, for rough work only elsewhere.
"""

import math

from astrodynamics.probability.plane import Array, PlaneEncounters, fill

_HALF_WIDTH = 0.5 * math.sqrt(math.pi)
"""Of a square whose area is that of the unit disk."""


def probability(encounters: PlaneEncounters) -> Array:
    """Probability of the square of the disk's area, shape (n,)."""
    from astrodynamics.probability.kernels import square_probability  # noqa: PLC0415 - numba is imported when a kernel is first used

    return fill(square_probability, encounters, _HALF_WIDTH)
