"""Reference frames: celestial, of date, and fixed to the earth.

Celestial: GCRF (also GCRS, ICRF, ICRS: the same axes), EME2000 (also J2000: mean equator and equinox of J2000.0, the
frame bias away from GCRF). Of date, by IAU 2006/2000A: MOD (mean equator and equinox), TOD (true equator and equinox);
and TEME (true equator, mean equinox: the frame of SGP4). Fixed to the earth: ITRF, and GTOD (also TDR, TIRS: without
polar motion), both from `earth_orientation` by IERS Conventions (2010), chapter 5. The realisations of ITRF, and
WGS-84, are taken for one frame: since ITRF97 they agree within 3 cm at the earth's surface, ITRF93 within 20 cm.

TEME is tied to the earth by the Greenwich mean sidereal time of 1982 (Vallado, Crawford, Hujsak and Kelso, "Revisiting
Spacetrack Report #3", AIAA 2006-6753, appendix C): turning TEME by it gives the same terrestrial axes as turning the
celestial intermediate frame by the earth rotation angle. Hence TEME -> CIRS is a turn by the difference of the two
angles, in which UT1 cancels but for the precession during UT1 - UTC (0.3 mm at geostationary distance), and CIRS ->
GCRF is IAU 2006/2000A. No frame of date uses the measured offsets of the celestial pole (1 cm at the earth's surface);
those fixed to the earth do.

Velocities in frames fixed to the earth are relative to them and gain the earth's rotation on the way to GCRF. Those in
frames of date turn with the axes; the axes' own motion (precession, 8e-12 rad/s) is left out, as everywhere in the
field.
"""

import re
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.earth_orientation import earth_orientation
from astrodynamics.errors import InvalidStateError, UnknownFrameError
from astrodynamics.timescales import DAY_NS, SECOND_NS, Nanoseconds, tt_julian_dates, utc_julian_dates

Floats: TypeAlias = npt.NDArray[np.float64]

_SYNONYMS: Final = {
    "GCRF": "GCRF", "GCRS": "GCRF", "ICRF": "GCRF", "ICRS": "GCRF",
    "EME2000": "EME2000", "J2000": "EME2000",
    "MOD": "MOD", "TOD": "TOD",
    "TEME": "TEME", "TEMEOFDATE": "TEME",
    "GTOD": "GTOD", "TDR": "GTOD", "TIRS": "GTOD",
    "WGS84": "ITRF", "WGS-84": "ITRF",
}  # fmt: skip
_ITRF: Final = re.compile(r"ITR[FS]-?(8[89]|9[0-9]|19[89][0-9]|20[0-9]{2})?\Z")
KNOWN_FRAMES: Final = ("GCRF", "ICRF", "EME2000", "J2000", "MOD", "TOD", "TEME", "GTOD", "ITRF", "ITRF2020")
EARTH_FIXED_FRAMES: Final = ("GTOD", "ITRF")
"""Canonical names of the frames that turn with the earth; they need `earth_orientation`."""

EARTH_ROTATION_RAD_S: Final = 7.292115146706979e-5
"""Rate of the earth rotation angle where the length of day is 86,400 s of UT1 (IERS Conventions (2010), 5.15)."""

RTN_SYNONYMS: Final = ("RTN", "RSW", "QSW", "UVW", "RIC")
"""Names of one and the same local frame: radial, in-track (normal to radial in the orbit plane), cross-track."""

_KNOT_NS: Final = 3600 * SECOND_NS


def canonical_frame(frame: str) -> str:
    """GCRF, EME2000, MOD, TOD, TEME, GTOD or ITRF for any of their names.

    Raises
    ------
    UnknownFrameError
        Any other name; the message lists the known ones.
    """
    reading = frame.strip().upper().replace(" ", "")
    name = "ITRF" if _ITRF.match(reading) else _SYNONYMS.get(reading)
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
    that the matrix at an instant does not depend on which others are asked for. The earth's daily turn is not
    interpolated.

    Raises
    ------
    UnknownFrameError, EarthOrientationError
        The frame, or the earth's orientation at an instant, is not known.
    """
    return _turning(canonical_frame(frame), np.atleast_1d(np.asarray(tai_ns, dtype=np.int64)))[0]


def to_gcrf(r_km: Floats, v_km_s: Floats, frame: str, tai_ns: Nanoseconds) -> tuple[Floats, Floats]:
    """Bring positions and velocities, shape (n, 3), of a frame into GCRF at instants of shape (n,)."""
    rotation, rate_rad_s = _turning(canonical_frame(frame), np.atleast_1d(np.asarray(tai_ns, dtype=np.int64)))
    v_inertial = v_km_s if rate_rad_s is None else v_km_s + np.cross(rate_rad_s, r_km)
    return np.einsum("nij,nj->ni", rotation, r_km), np.einsum("nij,nj->ni", rotation, v_inertial)


def from_gcrf(r_km: Floats, v_km_s: Floats, frame: str, tai_ns: Nanoseconds) -> tuple[Floats, Floats]:
    """Bring positions and velocities, shape (n, 3), of GCRF into a frame at instants of shape (n,)."""
    rotation, rate_rad_s = _turning(canonical_frame(frame), np.atleast_1d(np.asarray(tai_ns, dtype=np.int64)))
    r = np.einsum("nji,nj->ni", rotation, r_km)
    v = np.einsum("nji,nj->ni", rotation, v_km_s)
    return r, v if rate_rad_s is None else v - np.cross(rate_rad_s, r)


def covariance_to_gcrf(covariance: Floats, frame: str, tai_ns: Nanoseconds) -> Floats:
    """Bring position-velocity covariances, shape (n, 6, 6), of a frame into GCRF at instants of shape (n,).

    Of a frame fixed to the earth the velocities are relative to it: an error of position is one of velocity too.
    """
    rotation, rate_rad_s = _turning(canonical_frame(frame), np.atleast_1d(np.asarray(tai_ns, dtype=np.int64)))
    if rate_rad_s is None:
        return rotate_covariance(covariance, rotation)
    transition = np.zeros((*rotation.shape[:-2], 6, 6))
    transition[..., :3, :3] = rotation
    transition[..., 3:, 3:] = rotation
    transition[..., 3:, :3] = rotation @ _cross_product_matrix(rate_rad_s)
    brought: Floats = transition @ covariance @ np.swapaxes(transition, -1, -2)
    return brought


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


def _turning(name: str, tai_ns: Nanoseconds) -> tuple[Floats, Floats | None]:
    """Rotation to GCRF; and the rate at which the frame turns, in its axes, rad/s, shape (n, 3), None for none."""
    if name == "GCRF":
        return np.broadcast_to(np.eye(3), (len(tai_ns), 3, 3)), None
    if name == "EME2000":
        return np.broadcast_to(_frame_bias().T, (len(tai_ns), 3, 3)), None
    if name in EARTH_FIXED_FRAMES:
        return _earth_fixed(name, tai_ns)
    return _interpolate_hourly(name, tai_ns), None


def _earth_fixed(name: str, tai_ns: Nanoseconds) -> tuple[Floats, Floats]:
    import erfa  # noqa: PLC0415 - loaded when a rotation is first needed

    orientation = earth_orientation().at(tai_ns)
    day, within_day_ns = np.divmod(tai_ns, DAY_NS)
    angle = erfa.era00(2_440_587.5 + day, within_day_ns / DAY_NS + orientation.ut1_minus_tai_s / 86_400.0)
    intermediate_from_turned = erfa.rz(-angle, np.broadcast_to(np.eye(3), (len(angle), 3, 3)))
    rotation = _interpolate_hourly("CIRS", tai_ns) @ intermediate_from_turned
    rate_rad_s = np.zeros((len(tai_ns), 3))
    rate_rad_s[:, 2] = EARTH_ROTATION_RAD_S * (1.0 - orientation.length_of_day_s / 86_400.0)
    if name == "GTOD":
        return rotation, rate_rad_s
    turned_from_crust = _interpolate_hourly("polar motion", tai_ns)
    return rotation @ turned_from_crust, np.einsum("nji,nj->ni", turned_from_crust, rate_rad_s)


def _cross_product_matrix(vector: Floats) -> Floats:
    x, y, z = vector[..., 0], vector[..., 1], vector[..., 2]
    zero = np.zeros_like(x)
    return np.stack([np.stack(row, axis=-1) for row in ((zero, -z, y), (z, zero, -x), (-y, x, zero))], axis=-2)


def _rotation_at(name: str, tai_ns: Nanoseconds) -> Floats:
    """What turns slowly: the frames of date to GCRF, CIRS to GCRF as it was measured, and the axes of ITRF to TIRS."""
    import erfa  # noqa: PLC0415 - loaded when a rotation is first needed

    tt_day, tt_fraction = tt_julian_dates(tai_ns)
    match name:
        case "GCRF" | "EME2000":
            return _turning(name, tai_ns)[0].copy()
        case "MOD":
            return np.swapaxes(erfa.pmat06(tt_day, tt_fraction), -1, -2)
        case "TOD":
            return np.swapaxes(erfa.pnm06a(tt_day, tt_fraction), -1, -2)
        case "CIRS":
            orientation = earth_orientation().at(tai_ns)
            x, y, locator = erfa.xys06a(tt_day, tt_fraction)
            return np.swapaxes(erfa.c2ixys(x + orientation.dx_rad, y + orientation.dy_rad, locator), -1, -2)
        case "polar motion":
            orientation = earth_orientation().at(tai_ns)
            locator = erfa.sp00(tt_day, tt_fraction)
            return np.swapaxes(erfa.pom00(orientation.x_rad, orientation.y_rad, locator), -1, -2)
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
