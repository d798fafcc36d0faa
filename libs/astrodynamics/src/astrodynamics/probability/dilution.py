"""Greatest probability over a common scale of the covariance, and whether the encounter is in the dilution region.

S. Alfano, "Relating Position Uncertainty to Maximum Conjunction Probability", J. Astronautical Sciences 53 (2005), for
the maximum and the dilution region; NASA CARA's DilutionMaxPc for the limits: a miss inside the hard-body radius has a
maximum of 1, at scale 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import EncounterEllipse
from astrodynamics.probability import disk
from astrodynamics.probability.plane import Array, PlaneEncounters

DILUTION_TOLERANCE = 1e-3
"""An encounter is diluted where the maximum exceeds its probability by more than this part."""

_GOLDEN = 0.6180339887498949
_LOG_SCALE_RANGE = (-11.5, 11.5)
_GRID = 47
_REFINEMENTS = 34


@dataclass(frozen=True, slots=True)
class Dilution:
    """Maximum over the scale Sf, where the covariance becomes Sf² C.

    Attributes
    ----------
    maximum_probability
        Greatest disk probability, shape (n,).
    scale_factor
        The Sf that gives it, shape (n,); 0 where the miss lies inside the hard-body radius.
    diluted
        True where a smaller covariance would raise the probability.
    """

    maximum_probability: Array
    scale_factor: Array
    diluted: npt.NDArray[np.bool_]


def _scaled(encounters: PlaneEncounters, log_scale: Array) -> Array:
    scale = np.exp(log_scale)
    ellipse = encounters.ellipse
    return disk.probability(
        PlaneEncounters(
            ellipse=EncounterEllipse(
                sigma_major_km=ellipse.sigma_major_km * scale,
                sigma_minor_km=ellipse.sigma_minor_km * scale,
                orientation_rad=ellipse.orientation_rad,
                miss_major_km=ellipse.miss_major_km,
                miss_minor_km=ellipse.miss_minor_km,
            ),
            miss_distance_km=encounters.miss_distance_km,
            hard_body_radius_km=encounters.hard_body_radius_km,
        )
    )


def search_scale(evaluate: Callable[[Array], Array], centre: Array) -> tuple[Array, Array]:
    """Greatest value of a function of the logarithm of the scale, and that logarithm, each of shape (n,).

    On a grid about `centre`, then by golden section.
    """
    offsets = np.linspace(*_LOG_SCALE_RANGE, _GRID)
    values = np.stack([evaluate(centre + offset) for offset in offsets])
    best = np.clip(np.argmax(values, axis=0), 1, _GRID - 2)
    low, high = centre + offsets[best - 1], centre + offsets[best + 1]
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    f_left, f_right = evaluate(left), evaluate(right)
    for _ in range(_REFINEMENTS):
        keep_low = f_left >= f_right
        low, high = np.where(keep_low, low, left), np.where(keep_low, right, high)
        probe = np.where(keep_low, high - _GOLDEN * (high - low), low + _GOLDEN * (high - low))
        f_probe = evaluate(probe)
        left, right, f_left, f_right = (
            np.where(keep_low, probe, right),
            np.where(keep_low, left, probe),
            np.where(keep_low, f_probe, f_right),
            np.where(keep_low, f_left, f_probe),
        )
    return np.maximum(f_left, f_right), np.where(f_left >= f_right, left, right)


def maximum_over_scale(encounters: PlaneEncounters) -> Dilution:
    """Scale the whole covariance.

    For a disk small against the ellipse the maximum lies where the squared Mahalanobis distance of the miss is 2; the
    search is centred there and wide enough for large disks.
    """
    ellipse = encounters.ellipse
    mahalanobis_squared = (ellipse.miss_major_km / ellipse.sigma_major_km) ** 2 + (
        ellipse.miss_minor_km / ellipse.sigma_minor_km
    ) ** 2
    inside = encounters.miss_distance_km <= encounters.hard_body_radius_km
    centre = 0.5 * np.log(np.where(inside, 1.0, np.maximum(mahalanobis_squared, 1e-300)) / 2.0)
    found, log_scale = search_scale(partial(_scaled, encounters), centre)
    nominal = disk.probability(encounters)
    maximum = np.where(inside, 1.0, np.maximum(found, nominal))
    scale = np.where(inside, 0.0, np.exp(log_scale))
    return Dilution(maximum_probability=maximum, scale_factor=scale, diluted=is_diluted(maximum, nominal, scale))


def is_diluted(maximum: Array, nominal: Array, scale: Array) -> npt.NDArray[np.bool_]:
    """Whether a smaller covariance would raise the probability."""
    return np.asarray((maximum > nominal * (1.0 + DILUTION_TOLERANCE)) & (scale < 1.0))


def maximum_probability(encounters: PlaneEncounters) -> Array:
    """Greatest disk probability over the scale, shape (n,)."""
    return maximum_over_scale(encounters).maximum_probability
