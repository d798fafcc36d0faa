"""Patera's contour integral: the disk's edge in the plane where the ellipse is a unit circle.

R. P. Patera, "General Method for Calculating Satellite Collision Probability", J. Guidance, Control, and Dynamics 24
(2001), and "Calculating Collision Probability for Arbitrary Space-Vehicle Shapes via Numerical Quadrature", ibid. 28
(2005). The periodic integrand is summed at equal angles, twice as many until the value stands. Where the sum does not
settle, the encounter has no value by this method.
"""

from astrodynamics.probability.plane import Array, PlaneEncounters, fill


def probability(encounters: PlaneEncounters) -> Array:
    """Probability of the disk by the contour integral, NaN where it does not settle, shape (n,)."""
    from astrodynamics.probability.quadrature_kernels import patera_probability  # noqa: PLC0415 - numba is imported when a kernel is first used

    return fill(patera_probability, encounters)
