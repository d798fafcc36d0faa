"""Geometry of one encounter: closest approach, RTN components, the encounter plane and its ellipse.

Every function takes arrays whose last axis is the vector; any leading axes are a batch.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from astrodynamics.frames import rtn_axes

Array = npt.NDArray[Any]
"""Double precision, or extended where a caller hands extended precision in: results keep the precision of the input."""

EARTH_MU_KM3_S2 = 398600.4418
"""Gravitational parameter of the Earth, IERS Conventions (2010), table 1.1."""


@dataclass(frozen=True, slots=True)
class EncounterPlane:
    """The plane through the primary, normal to the relative velocity.

    Attributes
    ----------
    axis_x, axis_y
        Unit vectors of the plane, shape (..., 3), in the frame of the input: x along the miss vector, y completes a
        right-handed triad with the relative velocity.
    miss_distance_km
        Separation along x, shape (...).
    covariance_km2
        Combined position covariance in the plane, shape (..., 3): xx, xy, yy.
    """

    axis_x: Array
    axis_y: Array
    miss_distance_km: Array
    covariance_km2: Array


@dataclass(frozen=True, slots=True)
class EncounterEllipse:
    """One-sigma ellipse of the combined position covariance in the encounter plane.

    Attributes
    ----------
    sigma_major_km, sigma_minor_km
        Semi-axes, shape (...).
    orientation_rad
        Angle from the miss vector to the major axis, counted towards axis y, in (-pi/2, pi/2].
    miss_major_km, miss_minor_km
        Components of the miss vector along the two principal axes, both made non-negative by symmetry.
    """

    sigma_major_km: Array
    sigma_minor_km: Array
    orientation_rad: Array
    miss_major_km: Array
    miss_minor_km: Array


def _dot(a: Array, b: Array) -> Array:
    return np.asarray(a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2])


def _cross(a: Array, b: Array) -> Array:
    return np.stack(
        (
            a[..., 1] * b[..., 2] - a[..., 2] * b[..., 1],
            a[..., 2] * b[..., 0] - a[..., 0] * b[..., 2],
            a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0],
        ),
        axis=-1,
    )


def norm(vector: Array) -> Array:
    """Length of each vector, shape (...)."""
    return np.asarray(np.sqrt(_dot(vector, vector)))


def tca_offset_s(relative_position_km: Array, relative_velocity_km_s: Array) -> Array:
    """Time from the given states to closest approach, both objects moving on straight lines, in seconds.

    Zero where the relative velocity is zero: such a pair has no closest approach.
    """
    speed_squared = _dot(relative_velocity_km_s, relative_velocity_km_s)
    moving = speed_squared > 0.0
    offset = -_dot(relative_position_km, relative_velocity_km_s) / np.where(moving, speed_squared, 1.0)
    return np.where(moving, offset, 0.0)


def relative_rtn(
    position_1_km: Array, velocity_1_km_s: Array, position_2_km: Array, velocity_2_km_s: Array
) -> tuple[Array, Array]:
    """Position and velocity of object 2 relative to object 1 in object 1's RTN axes (km and km/s, inertial rates).

    The velocity is the inertial difference resolved along the axes, as a CDM's RELATIVE_VELOCITY is.
    """
    axes = rtn_axes(position_1_km, velocity_1_km_s)
    position = np.einsum("...ij,...j->...i", axes, position_2_km - position_1_km)
    velocity = np.einsum("...ij,...j->...i", axes, velocity_2_km_s - velocity_1_km_s)
    return position, velocity


def approach_angle_rad(velocity_1_km_s: Array, velocity_2_km_s: Array) -> Array:
    """Angle between the two velocities, in radians, shape (...): 0 for a chase, pi for a head-on encounter.

    From the half angle between unit vectors (W. Kahan, "How Futile are Mindless Assessments of Roundoff", 2006), so
    that small angles keep their digits. NaN where an object does not move.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        first = velocity_1_km_s / norm(velocity_1_km_s)[..., None]
        second = velocity_2_km_s / norm(velocity_2_km_s)[..., None]
    return np.asarray(2.0 * np.arctan2(norm(first - second), norm(first + second)))


def mahalanobis_distance(relative_position_km: Array, covariance_km2: Array) -> Array:
    """Length of a separation (..., 3) in standard deviations of its covariance (..., 3, 3), shape (...).

    P. C. Mahalanobis, "On the Generalised Distance in Statistics" (1936). NaN where the covariance is not positive
    definite.
    """
    values, vectors = np.linalg.eigh(covariance_km2)
    along = np.einsum("...ji,...j->...i", vectors, relative_position_km)
    with np.errstate(invalid="ignore", divide="ignore"):
        square = np.sum(along * along / np.where(values > 0.0, values, np.nan), axis=-1)
    return np.asarray(np.sqrt(square))


def ellipse_outline(
    ellipse: EncounterEllipse, miss_distance_km: float, sigmas: float = 1.0, points: int = 181
) -> Array:
    """Outline of the uncertainty ellipse of one encounter about its miss vector, shape (points, 2), km.

    In the encounter plane with the first object at the origin, x along the miss vector and y as in `EncounterPlane`.
    """
    turn = np.linspace(0.0, 2.0 * np.pi, points)
    along = sigmas * float(ellipse.sigma_major_km) * np.cos(turn)
    across = sigmas * float(ellipse.sigma_minor_km) * np.sin(turn)
    cosine, sine = np.cos(float(ellipse.orientation_rad)), np.sin(float(ellipse.orientation_rad))
    return np.stack((miss_distance_km + along * cosine - across * sine, along * sine + across * cosine), axis=-1)


def encounter_plane(
    relative_position_km: Array, relative_velocity_km_s: Array, covariance_km2: Array
) -> EncounterPlane:
    """Project a combined position covariance (..., 3, 3) on the plane of the encounter.

    The whole separation is taken along x even where it is not exactly normal to the relative velocity (the convention
    of NASA CARA's PcCircle); after refinement to closest approach this is the projection. Where the separation is zero,
    any direction normal to the velocity serves. Rows without relative velocity come out as NaN.
    """
    distance = norm(relative_position_km)
    normal = _cross(relative_position_km, relative_velocity_km_s)
    length = norm(normal)
    speed = norm(relative_velocity_km_s)
    # A vanishing miss leaves the direction in the plane open: take the coordinate axis farthest from the velocity.
    degenerate = length <= 1e-14 * distance * speed
    if np.any(degenerate):
        helper = np.zeros_like(relative_velocity_km_s)
        farthest = np.argmin(np.abs(relative_velocity_km_s), axis=-1)
        np.put_along_axis(helper, farthest[..., None], 1.0, axis=-1)
        normal = np.where(degenerate[..., None], _cross(helper, relative_velocity_km_s), normal)
        length = norm(normal)
    with np.errstate(invalid="ignore", divide="ignore"):
        axis_y = normal / length[..., None]
        axis_x = _cross(relative_velocity_km_s, axis_y) / speed[..., None]
    along_x = np.einsum("...ij,...j->...i", covariance_km2, axis_x)
    along_y = np.einsum("...ij,...j->...i", covariance_km2, axis_y)
    covariance = np.stack((_dot(axis_x, along_x), _dot(axis_y, along_x), _dot(axis_y, along_y)), axis=-1)
    return EncounterPlane(axis_x, axis_y, distance, covariance)


def encounter_ellipse(
    plane: EncounterPlane, minimum_sigma_km: Array | float = 0.0
) -> tuple[EncounterEllipse, npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Principal axes of the covariance in the plane, and its two eigenvalues as they were before clipping (km²).

    Parameters
    ----------
    plane
        The encounter plane.
    minimum_sigma_km
        Semi-axes below this are raised to it, the remedy for covariances that are not positive definite.

    Returns
    -------
    tuple
        The ellipse in double precision, the smaller and the larger eigenvalue.

    """
    xx, xy, yy = plane.covariance_km2[..., 0], plane.covariance_km2[..., 1], plane.covariance_km2[..., 2]
    half_difference = 0.5 * (xx - yy)
    radius = np.hypot(half_difference, xy)
    centre = 0.5 * (xx + yy)
    larger = centre + radius
    # The smaller eigenvalue as determinant over larger one: the difference of centre and radius cancels.
    with np.errstate(invalid="ignore", divide="ignore"):
        smaller = np.where(larger > 0.0, (xx * yy - xy * xy) / larger, centre - radius)
    orientation = 0.5 * np.arctan2(xy, half_difference)
    floor = np.square(minimum_sigma_km)
    ellipse = EncounterEllipse(
        sigma_major_km=np.sqrt(np.maximum(larger, floor)).astype(np.float64),
        sigma_minor_km=np.sqrt(np.maximum(smaller, floor)).astype(np.float64),
        orientation_rad=orientation.astype(np.float64),
        miss_major_km=(plane.miss_distance_km * np.abs(np.cos(orientation))).astype(np.float64),
        miss_minor_km=(plane.miss_distance_km * np.abs(np.sin(orientation))).astype(np.float64),
    )
    return ellipse, smaller.astype(np.float64), larger.astype(np.float64)


def orbital_period_s(position_km: Array, velocity_km_s: Array) -> Array:
    """Two-body period about the Earth, in seconds; infinite where the orbit is not closed."""
    distance = np.maximum(norm(position_km), 1e-9)
    energy = 0.5 * _dot(velocity_km_s, velocity_km_s) - EARTH_MU_KM3_S2 / distance
    closed = energy < 0.0
    semi_major_axis = -0.5 * EARTH_MU_KM3_S2 / np.where(closed, energy, -1.0)
    return np.where(closed, 2.0 * np.pi * np.sqrt(semi_major_axis**3 / EARTH_MU_KM3_S2), np.inf)
