"""Foster's integral by two-dimensional quadrature alone: the reference that the faster methods are held against.

J. L. Foster and H. S. Estes, "A Parametric Analysis of Orbital Debris Collision Probability and Maneuver Rate for Space
Vehicles", NASA JSC-25898 (1992). The density is summed over rows of the disk and along each row, by composite
Gauss-Legendre rules on the part that counts, without error functions: nothing is shared with the default method but the
integral itself.
"""

from astrodynamics.probability.plane import Array, PlaneEncounters, fill


def probability(encounters: PlaneEncounters) -> Array:
    """Probability of the disk by two-dimensional quadrature, shape (n,)."""
    from astrodynamics.probability.quadrature_kernels import foster_probability  # noqa: PLC0415 - numba is imported when a kernel is first used

    return fill(foster_probability, encounters)
