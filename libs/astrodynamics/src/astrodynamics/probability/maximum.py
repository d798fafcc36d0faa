"""Greatest probability over all isotropic covariances: a bound that needs no covariance.

S. Alfano, "Relating Position Uncertainty to Maximum Conjunction Probability", J. Astronautical Sciences 53 (2005): with
equal standard deviations in the encounter plane, the probability of a disk small against the miss distance d is
greatest where sigma = d/sqrt(2), and is R²/(e d²) there. It is a bound for covariances of that shape only, and is
always to be labelled as one.
"""

import numpy as np

from astrodynamics.probability.plane import Array, PlaneEncounters


def isotropic_bound(miss_distance_km: Array, hard_body_radius_km: Array) -> Array:
    """R²/(e d²), and 1 where the miss distance lies inside the hard-body radius."""
    inside = miss_distance_km <= hard_body_radius_km
    ratio = hard_body_radius_km / np.where(inside, hard_body_radius_km, miss_distance_km)
    return np.where(inside, 1.0, ratio * ratio / np.e)


def probability(encounters: PlaneEncounters) -> Array:
    """Isotropic bound, shape (n,)."""
    return isotropic_bound(encounters.miss_distance_km, encounters.hard_body_radius_km)
