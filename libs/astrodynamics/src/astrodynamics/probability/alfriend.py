"""The density at the disk's centre times its area: for disks small against the ellipse.

K. T. Alfriend, M. R. Akella, J. Frisbee, J. L. Foster, D.-J. Lee and M. Wilkins, "Probability of Collision Error
Analysis", Space Debris 1 (1999): the value, and its greatest over a common scale of the covariance, R²/(e v sigma_x
sigma_z), which is taken at v = 2, v the squared Mahalanobis distance of the miss.
"""

import numpy as np

from astrodynamics.probability.plane import Array, PlaneEncounters


def _squared_mahalanobis(encounters: PlaneEncounters) -> Array:
    ellipse = encounters.ellipse
    return (ellipse.miss_major_km / ellipse.sigma_major_km) ** 2 + (ellipse.miss_minor_km / ellipse.sigma_minor_km) ** 2


def probability(encounters: PlaneEncounters) -> Array:
    """Density at the centre times area, shape (n,).

    NaN where that exceeds 1, which no probability does: the disk is then not small against the ellipse.
    """
    ellipse = encounters.ellipse
    area = encounters.hard_body_radius_km**2 / (ellipse.sigma_major_km * ellipse.sigma_minor_km)
    value = 0.5 * area * np.exp(-0.5 * _squared_mahalanobis(encounters))
    return np.where(value <= 1.0, value, np.nan)


def maximum_probability(encounters: PlaneEncounters) -> Array:
    """Greatest value over the scale of the covariance, shape (n,); NaN where it exceeds 1."""
    ellipse = encounters.ellipse
    squared = _squared_mahalanobis(encounters)
    area = encounters.hard_body_radius_km**2 / (ellipse.sigma_major_km * ellipse.sigma_minor_km)
    with np.errstate(divide="ignore"):
        value = area / (np.e * squared)
    return np.where(value <= 1.0, value, np.nan)
