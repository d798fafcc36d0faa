"""Two objects with Gaussian uncertainty in equinoctial elements, made from states and covariances in Cartesian axes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from astrodynamics.encounter import orbital_period_s

Array = npt.NDArray[np.float64]

_NEAR_RETROGRADE = 0.01
"""1 + cos(i) below which the axes are turned: equinoctial elements are singular at an inclination of 180 degrees."""

_ROUNDING = 1e-6
"""Messages print covariances with some digits: correlations' eigenvalues this little below zero are rounding."""


@dataclass(frozen=True, slots=True)
class EquinoctialPair:
    """Mean elements and their covariances at time zero (see `equinoctial_kernels` for order and units).

    Attributes
    ----------
    elements
        Shape (2, 6).
    covariances
        Shape (2, 6, 6).
    semi_definite
        False where a covariance has a negative eigenvalue that is more than rounding. Nothing is done about it here.
    shorter_period_s
        Of the two orbits.
    """

    elements: Array
    covariances: Array
    semi_definite: bool
    shorter_period_s: float


def equinoctial_pair(states: Array, covariances_km2: Array) -> EquinoctialPair | None:
    """Take two states (2, 6) and covariances (2, 6, 6), km and km/s, into elements; None where an orbit is not closed.

    The covariance of the elements is J⁻¹ C J⁻ᵀ with J the derivatives of the state. Axes are turned for both objects
    where one of them is nearly retrograde in the axes given.
    """
    from astrodynamics.probability.equinoctial_kernels import fill_elements, fill_states  # noqa: PLC0415 - numba is imported when a kernel is first used

    turned = np.ascontiguousarray(states.reshape(4, 3) @ _axes(states).T).reshape(2, 6)
    elements = np.empty((2, 6))
    if not np.all(fill_elements(turned, elements)):
        return None
    partials, again = np.empty((2, 6, 6)), np.empty((2, 6))
    fill_states(elements, np.zeros(2), again, partials)
    both = np.kron(np.eye(2), _axes(states))
    covariances = np.empty((2, 6, 6))
    for i in range(2):
        half = np.linalg.solve(partials[i], both @ covariances_km2[i] @ both.T)
        covariance = np.linalg.solve(partials[i], half.T)
        covariances[i] = 0.5 * (covariance + covariance.T)
    period = float(np.min(orbital_period_s(states[:, :3], states[:, 3:])))
    return EquinoctialPair(elements, covariances, all(map(_is_semi_definite, covariances_km2)), period)


def _axes(states: Array) -> Array:
    """Axes (rows) in which neither orbit is nearly retrograde: those given, else the best of four turned ones."""
    normals = np.cross(states[:, :3], states[:, 3:])
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    poles = (
        np.array([0.0, 0.0, 1.0]),
        np.array([0.0, 0.0, -1.0]),
        np.array([1.0, 0.0, 0.0]),
        np.array([0.0, 1.0, 0.0]),
        np.array([-1.0, 0.0, 0.0]),
    )
    margins = [float(np.min(1.0 + normals @ pole)) for pole in poles]
    if margins[0] >= _NEAR_RETROGRADE:
        return np.eye(3)
    pole = poles[int(np.argmax(margins))]
    first = np.roll(np.abs(pole), 1)
    return np.stack((first, np.cross(pole, first), pole))


def _is_semi_definite(covariance: Array) -> bool:
    sigma = np.sqrt(np.maximum(np.diagonal(covariance), 0.0))
    scale = np.where(sigma > 0.0, sigma, 1.0)
    return bool(np.linalg.eigvalsh(covariance / np.outer(scale, scale))[0] >= -_ROUNDING)
