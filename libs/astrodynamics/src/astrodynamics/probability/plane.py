"""What a method of the encounter plane is given: a batch of encounters in principal axes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import EncounterEllipse

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PlaneEncounters:
    """Encounters that passed the gates, all arrays of shape (n,), contiguous float64.

    Attributes
    ----------
    ellipse
        Combined covariance and miss vector in principal axes.
    miss_distance_km
        Separation at closest approach.
    hard_body_radius_km
        Combined radius, positive and finite.
    """

    ellipse: EncounterEllipse
    miss_distance_km: Array
    hard_body_radius_km: Array
