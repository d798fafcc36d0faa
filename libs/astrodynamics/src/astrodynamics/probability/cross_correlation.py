"""What the covariances of two objects have in common because both fly through the same atmosphere.

S. J. Casali, D. T. Hall, D. E. Snow, M. D. Hejduk, L. C. Johnson, B. B. Skrehart and L. G. Baars, "Effect of
Cross-Correlation of Orbital Error on Probability of Collision Determination", AAS 18-272 (2018): the error of the
density forecast moves each object by its sensitivity vector times the part of the density that was wrong.
"""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


def density_cross_covariance(
    density_uncertainty_1: npt.ArrayLike,
    sensitivity_1_km: npt.ArrayLike,
    density_uncertainty_2: npt.ArrayLike,
    sensitivity_2_km: npt.ArrayLike,
) -> Array:
    """Covariance of object 1 with object 2: s1 s2 G1 G2ᵀ, for `collision_probability`.

    Parameters
    ----------
    density_uncertainty_1, density_uncertainty_2
        Standard deviation of each object's relative density error, a number or shape (n,).
    sensitivity_1_km, sensitivity_2_km
        Change of position for a relative density error of one, in the axes of the states (a CDM gives RTN: turn it
        first), shape (3,) or (n, 3).

    Returns
    -------
    Array
        Shape (3, 3) or (n, 3, 3), km².

    """
    uncertainty = np.asarray(density_uncertainty_1, dtype=np.float64) * np.asarray(density_uncertainty_2)
    first, second = np.asarray(sensitivity_1_km, dtype=np.float64), np.asarray(sensitivity_2_km, dtype=np.float64)
    return np.asarray(uncertainty[..., None, None] * first[..., :, None] * second[..., None, :])
