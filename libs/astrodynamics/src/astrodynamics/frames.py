"""Rotations between inertial frames, and the orbit's own axes.

Known frames: GCRF (also GCRS, ICRF, ICRS: the same axes), EME2000 (also J2000: mean equator and equinox of J2000.0,
the frame bias away from GCRF), TOD (true equator and equinox of date, IAU 2006/2000A) and TEME (true equator, mean
equinox of date: the frame of SGP4). Earth-fixed frames need tables of the earth's rotation and are refused here.

TEME is tied to the earth by the Greenwich mean sidereal time of 1982 (Vallado, Crawford, Hujsak and Kelso, "Revisiting
Spacetrack Report #3", AIAA 2006-6753, appendix C): turning TEME by it gives the same terrestrial axes as turning the
celestial intermediate frame by the earth rotation angle. Hence TEME -> CIRS is a turn by the difference of the two
angles, in which UT1 cancels but for the precession during UT1 - UTC (0.3 mm at geostationary distance), and CIRS ->
GCRF is IAU 2006/2000A.

Velocities turn with the axes; the axes' own motion (precession, 8e-12 rad/s) is left out, as everywhere in the field.
"""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import InvalidStateError, UnknownFrameError
from astrodynamics.timescales import SECOND_NS, Nanoseconds, tt_julian_dates, utc_julian_dates

Floats: TypeAlias = npt.NDArray[np.float64]

_SYNONYMS: Final = {
    "GCRF": "GCRF", "GCRS": "GCRF", "ICRF": "GCRF", "ICRS": "GCRF",
    "EME2000": "EME2000", "J2000": "EME2000",
    "TOD": "TOD",
    "TEME": "TEME", "TEMEOFDATE": "TEME",
}  # fmt: skip
KNOWN_FRAMES: Final = ("GCRF", "ICRF", "EME2000", "J2000", "TOD", "TEME")
RTN_SYNONYMS: Final = ("RTN", "RSW", "QSW", "UVW", "RIC")
"""Names of one and the same local frame: radial, in-track (normal to radial in the orbit plane), cross-track."""

_KNOT_NS: Final = 3600 * SECOND_NS


def canonical_frame(frame: str) -> str:
    """GCRF, EME2000, TOD or TEME for any of their names.

    Raises
    ------
    UnknownFrameError
        Any other name; the message lists the known ones.
    """
    name = _SYNONYMS.get(frame.strip().upper().replace(" ", ""))
    if name is None:
        raise UnknownFrameError(f"The frame {frame!r} is not known: give states in one of {', '.join(KNOWN_FRAMES)}")
    return name


def rotation_to_gcrf(frame: str, tai_ns: Nanoseconds) -> Floats:
    """Matrices that turn vectors of a frame into GCRF.

    Parameters
    ----------
    frame
        Any name of a known frame.
    tai_ns
        Instants, shape (n,).

    Returns
    -------
    Shape (n, 3, 3). More than a few instants are interpolated between whole hours of TAI (error below 1e-13 rad), so
    that the matrix at an instant does not depend on which others are asked for.
    """
    name = canonical_frame(frame)
    instants = np.atleast_1d(np.asarray(tai_ns, dtype=np.int64))
    if name == "GCRF":
        return np.broadcast_to(np.eye(3), (len(instants), 3, 3))
    if name == "EME2000":
        return np.broadcast_to(_frame_bias().T, (len(instants), 3, 3))
    return _interpolate_hourly(name, instants)


def to_gcrf(r_km: Floats, v_km_s: Floats, frame: str, tai_ns: Nanoseconds) -> tuple[Floats, Floats]:
    """Turn positions and velocities, shape (n, 3), of a frame into GCRF at instants of shape (n,)."""
    rotation = rotation_to_gcrf(frame, tai_ns)
    return np.einsum("nij,nj->ni", rotation, r_km), np.einsum("nij,nj->ni", rotation, v_km_s)


def from_gcrf(r_km: Floats, v_km_s: Floats, frame: str, tai_ns: Nanoseconds) -> tuple[Floats, Floats]:
    """Turn positions and velocities, shape (n, 3), of GCRF into a frame at instants of shape (n,)."""
    rotation = rotation_to_gcrf(frame, tai_ns)
    return np.einsum("nji,nj->ni", rotation, r_km), np.einsum("nji,nj->ni", rotation, v_km_s)


def rtn_axes(r_km: Floats, v_km_s: Floats) -> Floats:
    """Axes of the local orbital frame: radial, in-track, cross-track (CCSDS RTN, also RSW, QSW, UVW, RIC).

    Parameters
    ----------
    r_km, v_km_s
        Inertial states, shape (..., 3).

    Returns
    -------
    Shape (..., 3, 3); the rows are the unit vectors, so that ``axes @ vector`` gives the RTN components.

    Raises
    ------
    InvalidStateError
        Position and velocity are parallel or zero: there is no orbit plane.
    """
    r = np.asarray(r_km, dtype=np.float64)
    angular_momentum = np.cross(r, np.asarray(v_km_s, dtype=np.float64))
    distance = np.linalg.norm(r, axis=-1, keepdims=True)
    momentum = np.linalg.norm(angular_momentum, axis=-1, keepdims=True)
    if np.any(~(momentum > 0.0)):
        raise InvalidStateError(
            "Position and velocity span no orbit plane: check the state for zeros or parallel vectors"
        )
    radial = r / distance
    cross_track = angular_momentum / momentum
    return np.stack([radial, np.cross(cross_track, radial), cross_track], axis=-2)


def rotate_covariance(covariance: Floats, rotation: Floats) -> Floats:
    """Turn the blocks of position-velocity covariances by a rotation of the axes.

    Parameters
    ----------
    covariance
        Shape (..., 6, 6).
    rotation
        Shape (..., 3, 3). From an inertial frame to RTN it is ``rtn_axes(r, v)``, back it is its transpose. The
        turning of the RTN axes themselves is left out of the velocities, as CCSDS 508.0-B-1 and the handbook have it.
    """
    block = np.zeros((*np.shape(rotation)[:-2], 6, 6))
    block[..., :3, :3] = rotation
    block[..., 3:, 3:] = rotation
    turned: Floats = block @ covariance @ np.swapaxes(block, -1, -2)
    return turned


def hourly_rotations_to_gcrf(frame: str, first_knot: int, count: int) -> Floats:
    """Matrices to GCRF at whole hours of TAI: knot ``k`` stands at ``k * 3600 s`` since 1970; shape (count, 3, 3)."""
    knots_ns = (first_knot + np.arange(count, dtype=np.int64)) * _KNOT_NS
    return _rotation_at(canonical_frame(frame), knots_ns)


def _interpolate_hourly(name: str, tai_ns: Nanoseconds) -> Floats:
    """Four-point Lagrange interpolation, per element, on knots at whole hours."""
    knot, within_ns = np.divmod(tai_ns, _KNOT_NS)
    wanted = np.unique(knot[:, None] + np.arange(-1, 3))
    matrices = _rotation_at(name, wanted * _KNOT_NS)
    first = np.searchsorted(wanted, knot - 1)
    s = within_ns / _KNOT_NS
    weights = (
        -s * (s - 1.0) * (s - 2.0) / 6.0,
        (s + 1.0) * (s - 1.0) * (s - 2.0) / 2.0,
        -(s + 1.0) * s * (s - 2.0) / 2.0,
        (s + 1.0) * s * (s - 1.0) / 6.0,
    )
    rotation = np.zeros((len(tai_ns), 3, 3))
    for offset, weight in enumerate(weights):
        rotation += weight[:, None, None] * matrices[first + offset]
    return rotation


def _rotation_at(name: str, tai_ns: Nanoseconds) -> Floats:
    import erfa  # noqa: PLC0415 - loaded when a rotation is first needed

    if name == "GCRF":
        return np.broadcast_to(np.eye(3), (len(tai_ns), 3, 3)).copy()
    if name == "EME2000":
        return np.broadcast_to(_frame_bias().T, (len(tai_ns), 3, 3)).copy()
    tt_day, tt_fraction = tt_julian_dates(tai_ns)
    if name == "TOD":
        return np.swapaxes(erfa.pnm06a(tt_day, tt_fraction), -1, -2)
    utc_day, utc_fraction = utc_julian_dates(tai_ns)
    angle = erfa.gmst82(utc_day, utc_fraction) - erfa.era00(utc_day, utc_fraction)
    celestial_from_intermediate = np.swapaxes(erfa.c2i06a(tt_day, tt_fraction), -1, -2)
    intermediate_from_teme = erfa.rz(angle, np.broadcast_to(np.eye(3), (len(angle), 3, 3)))
    rotation: Floats = celestial_from_intermediate @ intermediate_from_teme
    return rotation


def _frame_bias() -> Floats:
    """GCRF to mean equator and equinox of J2000.0 (IAU 2006)."""
    import erfa  # noqa: PLC0415 - loaded when a rotation is first needed

    bias: Floats = erfa.bp06(2_451_545.0, 0.0)[0]
    return bias
