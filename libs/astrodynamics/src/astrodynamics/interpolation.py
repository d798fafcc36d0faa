"""Interpolation of ephemeris states and covariances, as the file declares it (CCSDS 502.0-B-3, section 5.2.4).

Nothing here reaches beyond the samples that it is given: one call, one segment.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import InvalidEphemerisError

Floats: TypeAlias = npt.NDArray[np.float64]
Nanoseconds: TypeAlias = npt.NDArray[np.int64]

METHODS: Final = ("HERMITE", "LAGRANGE", "LINEAR")
COVARIANCE_POINTS: Final = 5
_ROUNDING: Final = 1e-10
"""How far below zero an eigenvalue of a scaled covariance may lie by rounding alone."""


def points_of(method: str, degree: int, samples: int) -> int:
    """How many samples one interpolation uses; a short segment uses all that it has.

    A Hermite polynomial of degree d has d + 1 coefficients and takes two from each sample, a Lagrange polynomial one.

    Raises
    ------
    InvalidEphemerisError
        Method unknown, degree not positive, or fewer than two samples.
    """
    if method not in METHODS:
        raise InvalidEphemerisError(
            f"The interpolation method {method!r} is not known: use one of {', '.join(METHODS)}"
        )
    if degree < 1:
        raise InvalidEphemerisError(
            f"The interpolation degree {degree} is not positive: give the degree of the polynomial"
        )
    if samples < 2:
        raise InvalidEphemerisError(f"{samples} state vector can't be interpolated: a segment needs at least two")
    if method == "LINEAR":
        return 2
    return min(samples, max(2, (degree + 2) // 2 if method == "HERMITE" else degree + 1))


def hermite(
    tai_ns: Nanoseconds, r_km: Floats, v_km_s: Floats, at_ns: Nanoseconds, degree: int = 7
) -> tuple[Floats, Floats]:
    """Interpolate positions together with velocities.

    Parameters
    ----------
    tai_ns
        Epochs of the samples, strictly increasing, shape (n,).
    r_km, v_km_s
        Samples, shape (n, 3), in one inertial frame.
    at_ns
        Instants, shape (t,), each within the samples.
    degree
        Of the polynomial; (degree + 1) / 2 samples are used, centred where there is room.

    Returns
    -------
    Position and velocity (its derivative), shape (t, 3), in the frame of the samples.

    Raises
    ------
    InvalidEphemerisError
        An instant lies outside the samples, or the samples can't be interpolated.
    """
    return _interpolate("HERMITE", degree, tai_ns, r_km, v_km_s, at_ns)


def lagrange(
    tai_ns: Nanoseconds, r_km: Floats, v_km_s: Floats, at_ns: Nanoseconds, degree: int
) -> tuple[Floats, Floats]:
    """Interpolate positions and velocities each by itself, with ``degree + 1`` samples; see `hermite`."""
    return _interpolate("LAGRANGE", degree, tai_ns, r_km, v_km_s, at_ns)


def interpolate_covariance(tai_ns: Nanoseconds, covariance: Floats, at_ns: int) -> Floats | None:
    """Interpolate a covariance: five-point Lagrange on each element, then checked.

    Parameters
    ----------
    tai_ns
        Epochs, strictly increasing, shape (m,).
    covariance
        Shape (m, 6, 6), in axes in which it changes slowly.
    at_ns
        The instant.

    Returns
    -------
    Shape (6, 6); None where the instant lies outside the epochs or the result is not positive semi-definite.
    """
    epochs = np.asarray(tai_ns, dtype=np.int64)
    if epochs.size == 0 or not epochs[0] <= at_ns <= epochs[-1]:
        return None
    near = covariance_neighbours(epochs, at_ns)
    seconds = 1e-9 * (epochs[near] - at_ns)
    interpolated = np.zeros((6, 6))
    for j in range(near.size):
        others = np.delete(seconds, j)
        interpolated += np.prod(-others / (seconds[j] - others)) * covariance[near[j]]
    interpolated = 0.5 * (interpolated + interpolated.T)
    return interpolated if is_positive_semi_definite(interpolated) else None


def covariance_neighbours(tai_ns: Nanoseconds, at_ns: int) -> npt.NDArray[np.intp]:
    """Indices of the (at most five) epochs that an instant is interpolated from, as many before as after it."""
    points = min(COVARIANCE_POINTS, len(tai_ns))
    following = int(np.searchsorted(tai_ns, at_ns, side="right"))
    begin = max(0, min(following - (points + 1) // 2, len(tai_ns) - points))
    return np.arange(begin, begin + points)


def is_positive_semi_definite(covariance: Floats) -> bool:
    """Whether a covariance is one, judged on its correlations so that units don't matter."""
    variance = np.diagonal(covariance)
    if not np.isfinite(covariance).all() or (variance < 0.0).any():
        return False
    sigma = np.sqrt(variance)
    scale = np.where(sigma > 0.0, sigma, 1.0)
    correlation = covariance / np.outer(scale, scale)
    return bool(np.linalg.eigvalsh(correlation)[0] >= -_ROUNDING)


def _interpolate(
    method: str, degree: int, tai_ns: Nanoseconds, r_km: Floats, v_km_s: Floats, at_ns: Nanoseconds
) -> tuple[Floats, Floats]:
    from astrodynamics.interpolation_kernels import HERMITE, LAGRANGE, interpolate  # noqa: PLC0415 - at first use

    epochs = np.ascontiguousarray(tai_ns, dtype=np.int64)
    instants = np.ascontiguousarray(np.atleast_1d(at_ns), dtype=np.int64)
    points = points_of(method, degree, epochs.size)
    if (np.diff(epochs) <= 0).any():
        raise InvalidEphemerisError("The epochs of the samples do not increase: sort them and remove duplicates")
    if instants.size and (instants.min() < epochs[0] or instants.max() > epochs[-1]):
        raise InvalidEphemerisError("An instant lies outside the samples: interpolation never reaches beyond them")
    positions = np.ascontiguousarray(r_km, dtype=np.float64)
    velocities = np.ascontiguousarray(v_km_s, dtype=np.float64)
    code = HERMITE if method == "HERMITE" else LAGRANGE
    r, v = interpolate(code, points, epochs, positions, velocities, instants)
    return r, v
