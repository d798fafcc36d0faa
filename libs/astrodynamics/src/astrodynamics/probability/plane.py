"""What a method is given: a batch of encounters, in the principal axes of their plane or as states with covariances."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import EncounterEllipse

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


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


@dataclass(frozen=True, slots=True)
class StateEncounters:
    """Encounters that passed the gates, as states in one inertial frame.

    Attributes
    ----------
    position_1_km, velocity_1_km_s, position_2_km, velocity_2_km_s
        As they were given, shape (n, 3); closest approach is at `tca_offset_s` from them.
    covariance_1_km2, covariance_2_km2
        Shape (n, 6, 6) in km², km²/s and km²/s², in the axes of the states. Rows and columns of velocity are NaN where
        only positions were given, the whole matrix where an object has no covariance.
    hard_body_radius_km
        Combined radius, positive and finite, shape (n,).
    tca_offset_s
        Time to closest approach on straight lines, shape (n,); 0 where refinement was not asked for.
    """

    position_1_km: Array
    velocity_1_km_s: Array
    covariance_1_km2: Array
    position_2_km: Array
    velocity_2_km_s: Array
    covariance_2_km2: Array
    hard_body_radius_km: Array
    tca_offset_s: Array


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method that takes states gives back, for the encounters that it was given, in their order.

    Attributes
    ----------
    probability
        Shape (n,); NaN where `reasons` says why.
    reasons
        By key of `REASONS`: the encounters, shape (n,), that have no probability for it.
    flags
        By key of `FLAGS`: the encounters, shape (n,), that it holds for.
    details
        One object for each encounter, of the method's own type: a confidence interval, the steps of a choice. None
        where the method has none.
    """

    probability: Array
    reasons: dict[str, Mask] = field(default_factory=dict)
    flags: dict[str, Mask] = field(default_factory=dict)
    details: tuple[object, ...] | None = None


PlaneKernel = Callable[[Array, Array, Array, Array, Array, Array], None]


def fill(kernel: PlaneKernel, encounters: PlaneEncounters, radius_factor: float = 1.0) -> Array:
    """Probability of each encounter by a compiled kernel, shape (n,); the radius enters times the factor."""
    ellipse = encounters.ellipse
    probability = np.empty(encounters.hard_body_radius_km.size)
    kernel(
        ellipse.miss_major_km,
        ellipse.miss_minor_km,
        ellipse.sigma_major_km,
        ellipse.sigma_minor_km,
        encounters.hard_body_radius_km * radius_factor,
        probability,
    )
    return probability
