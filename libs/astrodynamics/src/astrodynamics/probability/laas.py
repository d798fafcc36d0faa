"""Analytic series of positive terms, from the Laplace transform of the probability in the squared radius.

R. Serra, D. Arzelier, M. Joldes, J.-B. Lasserre, A. Rondepierre and B. Salvy, "Fast and Accurate Computation of Orbital
Collision Probability for Short-Term Encounters", J. Guidance, Control, and Dynamics 39 (2016), of LAAS-CNRS. The series
is theirs; its coefficients are taken from the generating function in an order that keeps their digits for disks of
hundreds of standard deviations, where the published recurrence loses them. Its length grows with the squared ratio of
radius to standard deviation; beyond some millions of terms the encounter has no value by this method.
"""

from astrodynamics.probability.plane import Array, PlaneEncounters, fill


def probability(encounters: PlaneEncounters) -> Array:
    """Probability of the disk by the series, NaN where that is too long, shape (n,)."""
    from astrodynamics.probability.series_kernels import laas_probability  # noqa: PLC0415 - numba is imported when a kernel is first used

    return fill(laas_probability, encounters)
