"""What must hold before a probability is computed, and what is said where it does not.

Thresholds after NASA CARA's covariance checks (PcMultiStep) and the sentinel that catalogues write for "no covariance".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_ROUNDING = 1e-6

EARTH_RADIUS_KM = 6378.137
"""Equatorial radius, WGS 84."""

REASONS: dict[str, str] = {
    "state_not_finite": "A position or velocity is not a finite number.",
    "hard_body_radius_invalid": "The combined hard-body radius must be positive and finite.",
    "relative_speed_too_small": "The relative speed is too small for an encounter plane to exist.",
    "covariance_missing": "At least one object has no position covariance.",
    "covariance_not_finite": "A position covariance holds a value that is not a finite number.",
    "covariance_negative_variance": "A covariance has a negative variance.",
    "covariance_default": "A position variance is so large that it stands for an unknown covariance.",
    "covariance_not_positive_definite": "The combined covariance has no positive extent in the encounter plane.",
    "covariance_without_velocity": "The method needs covariances of velocity, and at least one object has none.",
    "covariance_on_both_sides": "The bound is for encounters in which one object has no covariance; both have one.",
    "orbit_not_closed": "The method moves both objects on two-body orbits, and at least one is not closed.",
    "no_hits": "No trial came within the hard-body radius; the confidence interval gives an upper limit.",
    "not_applicable": "The method does not converge, or its assumptions do not hold, for this encounter.",
}
"""Every reason for which a probability can be absent, in the order in which they are looked for."""

_CODES = tuple(REASONS)


@dataclass(frozen=True, slots=True)
class Gates:
    """Thresholds of the gates.

    Attributes
    ----------
    maximum_position_sigma_km
        A standard deviation at or above it is a placeholder: 0.99 times ten Earth radii.
    minimum_relative_speed_m_s
        Below it there is no encounter plane.
    remediation_factor
        Semi-axes of the ellipse are raised to this part of the hard-body radius (NASA CARA's eigenvalue clipping).
    """

    maximum_position_sigma_km: float = 0.99 * 10.0 * EARTH_RADIUS_KM
    minimum_relative_speed_m_s: float = 1e-6
    remediation_factor: float = 1e-4


DEFAULT_GATES = Gates()


class ReasonCodes:
    """One reason for each encounter of a batch; the first one found stands."""

    def __init__(self, size: int) -> None:
        self._index = np.full(size, -1, dtype=np.int8)

    def refuse(self, where: npt.NDArray[np.bool_], reason: str) -> None:
        """Give the reason to all encounters of `where` that have none yet."""
        self._index[where & (self._index < 0)] = _CODES.index(reason)

    def copy(self) -> "ReasonCodes":
        """The same reasons, to go on with apart."""
        other = ReasonCodes(self._index.size)
        other._index[:] = self._index
        return other

    @property
    def passed(self) -> npt.NDArray[np.bool_]:
        """Encounters without a reason."""
        return np.asarray(self._index < 0)

    def names(self) -> npt.NDArray[np.object_]:
        """Reason or None of each encounter."""
        return np.array([*_CODES, None], dtype=object)[self._index]


def check_covariances(reasons: ReasonCodes, covariance_1: Array, covariance_2: Array, gates: Gates) -> None:
    """Refuse covariances (n, 3, 3) that carry no information; NaN diagonals of a missing one count as missing."""
    diagonals = tuple(np.einsum("nii->ni", covariance) for covariance in (covariance_1, covariance_2))
    for covariance in (covariance_1, covariance_2):
        reasons.refuse(np.all(covariance == 0.0, axis=(-1, -2)), "covariance_missing")
    for covariance in (covariance_1, covariance_2):
        reasons.refuse(~np.all(np.isfinite(covariance), axis=(-1, -2)), "covariance_not_finite")
    for diagonal in diagonals:
        reasons.refuse(np.any(diagonal < 0.0, axis=-1), "covariance_negative_variance")
    for diagonal in diagonals:
        reasons.refuse(np.any(diagonal >= gates.maximum_position_sigma_km**2, axis=-1), "covariance_default")


def has_covariance(covariance: Array, gates: Gates) -> npt.NDArray[np.bool_]:
    """Whether each covariance (n, 3, 3) carries information: finite, not empty, not a placeholder."""
    diagonal = np.einsum("nii->ni", covariance)
    empty = np.all(covariance == 0.0, axis=(-1, -2))
    finite = np.all(np.isfinite(covariance), axis=(-1, -2))
    return np.asarray(finite & ~empty & np.all(diagonal < gates.maximum_position_sigma_km**2, axis=-1))


def check_one_covariance(reasons: ReasonCodes, covariance_1: Array, covariance_2: Array, gates: Gates) -> None:
    """Refuse pairs of which not exactly one covariance (n, 3, 3) carries information."""
    first, second = has_covariance(covariance_1, gates), has_covariance(covariance_2, gates)
    reasons.refuse(~first & ~second, "covariance_missing")
    reasons.refuse(first & second, "covariance_on_both_sides")
    for covariance, present in ((covariance_1, first), (covariance_2, second)):
        negative = np.any(np.einsum("nii->ni", covariance) < 0.0, axis=-1)
        reasons.refuse(present & negative, "covariance_negative_variance")


def is_indefinite(covariance: Array) -> npt.NDArray[np.bool_]:
    """Whether each covariance (n, 3, 3) has a negative extent somewhere, by its principal minors (Sylvester).

    Those of the correlations count, from a millionth on: less is the rounding of messages.
    """
    xx, yy, zz = covariance[:, 0, 0], covariance[:, 1, 1], covariance[:, 2, 2]
    xy, xz, yz = covariance[:, 0, 1], covariance[:, 0, 2], covariance[:, 1, 2]
    with np.errstate(invalid="ignore", over="ignore"):
        whole = xx * yy * zz + 2.0 * xy * xz * yz - xx * yz * yz - yy * xz * xz - zz * xy * xy
        negative = whole < -_ROUNDING * np.abs(xx * yy * zz)
        for first, second, between in ((xx, yy, xy), (xx, zz, xz), (yy, zz, yz)):
            negative |= first * second - between * between < -_ROUNDING * np.abs(first * second)
    return np.asarray(negative)
