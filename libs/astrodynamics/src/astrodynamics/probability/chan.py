"""Chan's series: the ellipse is replaced by a circle of the same area, which leaves a non-central chi-square law.

K. Chan, "Analytical Expressions for Computing Spacecraft Collision Probabilities", AAS 01-119 (2001), and "Spacecraft
Collision Probability" (2008), chapter 4. The whole series is summed. The replacement is good where the disk is small
and the miss is of the order of the standard deviations; in tails and for long ellipses it is wrong by any factor.
"""

from astrodynamics.probability.plane import Array, PlaneEncounters, fill


def probability(encounters: PlaneEncounters) -> Array:
    """Probability of the disk under the equivalent circular covariance, shape (n,)."""
    from astrodynamics.probability.series_kernels import chan_probability  # noqa: PLC0415 - numba is imported when a kernel is first used

    return fill(chan_probability, encounters)
