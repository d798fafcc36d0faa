"""Probability that the miss vector falls inside the hard-body disk: the default method.

The integral is that of J. L. Foster and H. S. Estes, "A Parametric Analysis of Orbital Debris Collision Probability and
Maneuver Rate for Space Vehicles", NASA JSC-25898 (1992). It is reduced to one dimension as C. L. Elrod does ("Doppler
Relative Motion and Collision Probability", 2019): Gauss-Legendre quadrature along the minor axis, split until its
halves agree, times the exact difference of error functions along the major axis. The range of quadrature is clipped to
where the density counts, so that a disk much larger than the ellipse, and tails down to 1e-300, keep their digits.
"""

from astrodynamics.probability.plane import Array, PlaneEncounters, fill


def probability(encounters: PlaneEncounters) -> Array:
    """Probability of the disk of the combined hard-body radius, shape (n,)."""
    from astrodynamics.probability.kernels import disk_probability  # noqa: PLC0415 - numba is imported when a kernel is first used

    return fill(disk_probability, encounters)
