"""Alfano's sum: Simpson's rule over strips of the disk with error functions across, in the steps of the publication.

S. Alfano, "A Numerical Implementation of Spherical Object Collision Probability", J. Astronautical Sciences 53 (2005).
The number of strips is the published one: five radii over the least of both standard deviations and the miss distance,
at least ten. In tails that is too few, and the value is low by some per cent; it is kept as published, for comparison.
"""

from astrodynamics.probability.plane import Array, PlaneEncounters, fill


def probability(encounters: PlaneEncounters) -> Array:
    """Probability of the disk by the published sum, shape (n,)."""
    from astrodynamics.probability.series_kernels import alfano_probability  # noqa: PLC0415 - numba is imported when a kernel is first used

    return fill(alfano_probability, encounters)
