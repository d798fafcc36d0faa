"""Probability of the square that circumscribes the hard-body disk, sides along the principal axes of the covariance.

What the 19th Space Defense Squadron reports as FOSTER-1992 (Spaceflight Safety Handbook, annex A, notes): a closed
form, larger than the disk's by up to 4/pi.
"""

from astrodynamics.probability.plane import Array, PlaneEncounters, fill


def probability(encounters: PlaneEncounters) -> Array:
    """Probability of the square of half-width R, shape (n,)."""
    from astrodynamics.probability.kernels import square_probability  # noqa: PLC0415 - numba is imported when a kernel is first used

    return fill(square_probability, encounters)
