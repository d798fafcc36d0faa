"""Covariances for element sets, which come without one: published standard deviations by class of orbit, and by age.

At the epoch: T. Flohrer, H. Krag, H. Klinkrad, *Assessment and Categorization of TLE Orbit Errors for the US SSN
Catalogue*, Advanced Maui Optical and Space Surveillance Technologies Conference 2008, table 2 (catalogue of 1 January
2008), one sigma radial (U), along the track (V) and across (W). What the paper has no value for has none here.

With age: C. Levit, W. Marshall, *Improved orbit predictions using two-line elements*, Advances in Space Research 47
(2011), abstract: the error of element sets grows ten times as fast as 100 m a day, along the track for the most part.
Taken for independent of the error at the epoch, and the same before it and after.

This is a model of a catalogue of 2008 and not what is known of an object. Who asks for it is told so with every value.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from assessment.regimes import Orbit

__all__ = ["COVARIANCE_MODELS", "MODELLED_COVARIANCE", "CovarianceModel", "ModelledCovariance", "modelled_covariance"]

CovarianceModel: TypeAlias = Literal["flohrer-2008"]
COVARIANCE_MODELS: Final[tuple[CovarianceModel, ...]] = get_args(CovarianceModel)
MODELLED_COVARIANCE: Final = "MODELLED COVARIANCE"
"""How a message marks it, in the comments of the object's covariance."""

_GROWTH_M_PER_DAY: Final = 1000.0
_CIRCULAR_UP_TO: Final = 0.1
_PERIGEES_KM: Final = (800.0, 25_000.0)
_INCLINATIONS_DEG: Final = (30.0, 60.0)

_Sigmas: TypeAlias = tuple[float, float, float]
_SIGMAS_M: Final[dict[bool, tuple[tuple[_Sigmas | None, ...], ...]]] = {
    True: (
        ((67.0, 118.0, 75.0), (107.0, 308.0, 169.0), (115.0, 517.0, 137.0)),
        ((191.0, 256.0, 203.0), (71.0, 228.0, 95.0), (91.0, 428.0, 114.0)),
        ((357.0, 432.0, 83.0), None, None),
    ),
    False: (
        ((2252.0, 4270.0, 1421.0), (629.0, 909.0, 2057.0), (494.0, 814.0, 1337.0)),
        ((1748.0, 3119.0, 971.0), (1832.0, 1878.0, 1454.0), (529.0, 817.0, 1570.0)),
        ((402.0, 418.0, 83.0), (4712.0, 6223.0, 1208.0), None),
    ),
}
"""By whether the eccentricity is at most 0.1; rows by height of the perigee, columns by inclination."""


@dataclass(frozen=True, eq=False, slots=True)
class ModelledCovariance:
    """A covariance that was modelled and not determined.

    Attributes
    ----------
    model
        Which model.
    age_days
        From the epoch of the element set; negative before it.
    position_rtn_m2
        Shape (3, 3), in the object's own RTN axes. Nothing is said of velocities.
    """

    model: CovarianceModel
    age_days: float
    position_rtn_m2: npt.NDArray[np.float64]

    def describe(self) -> str:
        """Say in one line what it is."""
        radial, in_track, cross_track = np.sqrt(np.diagonal(self.position_rtn_m2)).tolist()
        return (
            f"{MODELLED_COVARIANCE} ({self.model}, element set {abs(self.age_days):.2f} days old): one sigma "
            f"{radial:.0f} m radial, {in_track:.0f} m in-track, {cross_track:.0f} m cross-track, nothing of velocities"
        )


def modelled_covariance(model: CovarianceModel, orbit: Orbit, age_days: float) -> ModelledCovariance | None:
    """Model the covariance of an element set.

    Parameters
    ----------
    model
        One of `COVARIANCE_MODELS`.
    orbit
        Mean orbit.
    age_days
        From the epoch of the element set.

    Returns
    -------
    None for an orbit of a class that the publication has no value for.
    """
    of_shape = _SIGMAS_M[orbit.eccentricity <= _CIRCULAR_UP_TO]
    row = sum(orbit.perigee_altitude_km > limit for limit in _PERIGEES_KM)
    column = sum(orbit.inclination_deg > limit for limit in _INCLINATIONS_DEG)
    sigmas = of_shape[row][column]
    if sigmas is None:
        return None
    radial, at_epoch, cross_track = sigmas
    in_track = math.hypot(at_epoch, _GROWTH_M_PER_DAY * age_days)
    return ModelledCovariance(model, age_days, np.diag(np.square([radial, in_track, cross_track])))
