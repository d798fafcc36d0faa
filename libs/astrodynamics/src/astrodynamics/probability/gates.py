"""What must hold before a probability is computed, and what is said where it does not.

Thresholds after NASA CARA's covariance checks (PcMultiStep) and the sentinel that catalogues write for "no covariance".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

EARTH_RADIUS_KM = 6378.137
"""Equatorial radius, WGS 84."""

REASONS: dict[str, str] = {
    "state_not_finite": "A position or velocity is not a finite number.",
    "hard_body_radius_invalid": "The combined hard-body radius must be positive and finite.",
    "relative_speed_too_small": "The relative speed is too small for an encounter plane to exist.",
    "covariance_missing": "At least one object has no position covariance.",
    "covariance_not_finite": "A position covariance holds a value that is not a finite number.",
    "covariance_negative_variance": "A position covariance has a negative variance.",
    "covariance_default": "A position variance is so large that it stands for an unknown covariance.",
    "covariance_not_positive_definite": "The combined covariance has no positive extent in the encounter plane.",
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
