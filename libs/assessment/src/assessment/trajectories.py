"""Trajectories from orbit ephemeris messages, and their columns for storage.

CCSDS 502.0-B-3, section 5. States and covariances leave here in GCRF; nothing is invented where the message is silent,
except the interpolation (Hermite of degree 7).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from assessment.columns import column, pack, unpack
from assessment.errors import InvalidColumnsError, UnknownFrameError, UnknownTimeSystemError, UnusableTrajectoryError
from astrodynamics import errors as astrodynamics_errors
from astrodynamics import frames, timescales
from astrodynamics.errors import AstrodynamicsError
from astrodynamics.local_frames import LOCAL_FRAMES, is_local_frame, local_axes
from astrodynamics.trajectories import Ephemeris, EphemerisSegment, Method
from ccsds import Oem, OemMetadata, OemSegment

Floats = npt.NDArray[np.float64]
Nanoseconds = npt.NDArray[np.int64]

DEFAULT_DEGREE = 7
"""Of Hermite and Lagrange interpolation where the message gives none."""

_TIME_SYSTEMS = ("UTC", "TAI", "TT", "GPS", "TDB", "UT1")
_COLUMNS_KIND = "fairway ephemeris 1"
_SEGMENT_COLUMNS = ("tai_ns", "r_gcrf_km", "v_gcrf_km_s")
_METHODS: tuple[Method, ...] = ("HERMITE", "LAGRANGE", "LINEAR")


def ephemeris_from_oem(oem: Oem, *, norad_cat_id: int, designator: str) -> Ephemeris:
    """Make a trajectory of an orbit ephemeris message.

    Parameters
    ----------
    oem
        A message about an object in orbit about the Earth.
    norad_cat_id
        Whose trajectory it is, as the service decided.
    designator
        How the caller names it, for example the document's id.

    Raises
    ------
    UnknownFrameError, UnknownTimeSystemError
        A frame or time system that is not known here.
    UnusableTrajectoryError
        Any other reason why nothing can be interpolated; the message names the segment.

    """
    segments = tuple(_segment(segment, number) for number, segment in enumerate(oem.segments, start=1))
    try:
        return Ephemeris(designator, norad_cat_id, segments)
    except AstrodynamicsError as error:
        raise UnusableTrajectoryError(f"{error}.") from error


def _segment(segment: OemSegment, number: int) -> EphemerisSegment:
    metadata = segment.metadata
    where = f"Segment {number}"
    if metadata.center_name.upper() != "EARTH":
        raise UnusableTrajectoryError(
            f"{where}: the states are about {metadata.center_name}; only orbits about EARTH can be screened."
        )
    try:
        frame = frames.canonical_frame(metadata.ref_frame)
    except AstrodynamicsError as error:
        raise UnknownFrameError(f"{where}: {error}.") from error
    if len(segment.epochs) < 2:
        raise UnusableTrajectoryError(
            f"{where} has {len(segment.epochs)} state vector(s): give at least two, so that it can be interpolated."
        )
    try:
        tai_ns = _tai_ns(segment.epochs, metadata.time_system, segment.leap_second, where)
        r_gcrf_km, v_gcrf_km_s = frames.to_gcrf(segment.positions_km, segment.velocities_km_s, frame, tai_ns)
        usable_start, usable_stop = _usable_interval(metadata, tai_ns, where)
        method, degree = _interpolation(metadata)
        whole = EphemerisSegment(
            tai_ns, r_gcrf_km, v_gcrf_km_s, int(tai_ns[0]), int(tai_ns[-1]), method=method, degree=degree
        )
        covariance_tai_ns, covariance = _covariances(segment, whole, where)
        return EphemerisSegment(
            tai_ns,
            r_gcrf_km,
            v_gcrf_km_s,
            usable_start,
            usable_stop,
            method=method,
            degree=degree,
            covariance_tai_ns=covariance_tai_ns,
            covariance=covariance,
        )
    except AstrodynamicsError as error:
        raise UnusableTrajectoryError(f"{where}: {error}.") from error


def _tai_ns(
    epochs: npt.NDArray[np.datetime64], time_system: str, leap_second: npt.NDArray[np.bool_] | None, where: str
) -> Nanoseconds:
    scale = time_system.strip().upper()
    if scale not in _TIME_SYSTEMS:
        raise UnknownTimeSystemError(
            f"{where}: the time system {time_system!r} is not known: give times in one of {', '.join(_TIME_SYSTEMS)}."
        )
    return timescales.to_tai_ns(epochs, scale, leap_second)


def _usable_interval(metadata: OemMetadata, tai_ns: Nanoseconds, where: str) -> tuple[int, int]:
    """The declared usable span, else the span of the segment, never beyond its states."""
    start = metadata.start_time if metadata.useable_start_time is None else metadata.useable_start_time
    stop = metadata.stop_time if metadata.useable_stop_time is None else metadata.useable_stop_time
    limits = _tai_ns(np.array([start, stop]), metadata.time_system, None, where)
    first, last = max(int(limits[0]), int(tai_ns[0])), min(int(limits[1]), int(tai_ns[-1]))
    if first >= last:
        raise UnusableTrajectoryError(
            f"{where}: no states lie in its usable interval; correct its start and stop times."
        )
    return first, last


def _interpolation(metadata: OemMetadata) -> tuple[Method, int]:
    declared = (metadata.interpolation or "HERMITE").strip().upper()
    degree = metadata.interpolation_degree
    match declared:
        case "HERMITE":
            return "HERMITE", degree or DEFAULT_DEGREE
        case "LAGRANGE":
            return "LAGRANGE", degree or DEFAULT_DEGREE
        case "LINEAR":
            return "LINEAR", 1
    raise UnusableTrajectoryError(
        f"The interpolation {metadata.interpolation!r} is not known: declare HERMITE, LAGRANGE or LINEAR, or none."
    )


def _covariances(segment: OemSegment, whole: EphemerisSegment, where: str) -> tuple[Nanoseconds | None, Floats | None]:
    """Covariances of the segment, turned to GCRF. Those outside its states have no axes to turn by and are left out."""
    given = segment.covariances
    if given is None or len(given) == 0:
        return None, None
    tai_ns = _tai_ns(given.epochs, segment.metadata.time_system, given.leap_second, where)
    inside = (tai_ns >= whole.tai_ns[0]) & (tai_ns <= whole.tai_ns[-1])
    if not inside.any():
        return None, None
    tai_ns = tai_ns[inside]
    names = tuple(name for name, is_inside in zip(given.frames, inside.tolist(), strict=True) if is_inside)
    matrices = np.empty((len(tai_ns), 6, 6))
    for name in dict.fromkeys(names):
        rows = np.array([row for row, other in enumerate(names) if other == name])
        frame = name or segment.metadata.ref_frame
        matrices[rows] = _covariances_in_gcrf(given.matrices[inside][rows], frame, tai_ns[rows], whole, where)
    return tai_ns, matrices


def _covariances_in_gcrf(
    covariances: Floats, frame: str, tai_ns: Nanoseconds, whole: EphemerisSegment, where: str
) -> Floats:
    if is_local_frame(frame):
        r_km, v_km_s, _ = Ephemeris("axes", 0, (whole,)).state(tai_ns)
        return frames.rotate_covariance(covariances, np.swapaxes(local_axes(frame, r_km, v_km_s), -1, -2))
    try:
        return frames.covariance_to_gcrf(covariances, frame, tai_ns)
    except astrodynamics_errors.UnknownFrameError as error:
        known = ", ".join((*LOCAL_FRAMES, *frames.KNOWN_FRAMES))
        raise UnknownFrameError(
            f"{where}: the covariance frame {frame!r} is not known: give covariances in one of {known}."
        ) from error


def ephemeris_to_columns(ephemeris: Ephemeris) -> bytes:
    """Store a trajectory: the same trajectory gives the same bytes."""
    columns: dict[str, npt.NDArray[Any]] = {
        "designator": np.array(ephemeris.designator),
        "norad_cat_id": np.array(ephemeris.norad_cat_id, dtype=np.int64),
        "segment_count": np.array(len(ephemeris.segments), dtype=np.int64),
    }
    for number, segment in enumerate(ephemeris.segments):
        prefix = f"{number:04d}_"
        for name in _SEGMENT_COLUMNS:
            columns[prefix + name] = getattr(segment, name)
        columns[prefix + "usable_tai_ns"] = np.array([segment.usable_start_tai_ns, segment.usable_stop_tai_ns])
        columns[prefix + "method"] = np.array(_METHODS.index(segment.method), dtype=np.int64)
        columns[prefix + "degree"] = np.array(segment.degree, dtype=np.int64)
        if segment.covariance_tai_ns is not None and segment.covariance is not None:
            columns[prefix + "covariance_tai_ns"] = np.asarray(segment.covariance_tai_ns)
            columns[prefix + "covariance"] = np.asarray(segment.covariance)
    return pack(_COLUMNS_KIND, columns)


def ephemeris_from_columns(content: bytes) -> Ephemeris:
    """Read back what `ephemeris_to_columns` wrote.

    Raises
    ------
    InvalidColumnsError
        The bytes are damaged or hold something else.

    """
    columns = unpack(_COLUMNS_KIND, content)
    try:
        segments = tuple(_stored_segment(columns, number) for number in range(int(column(columns, "segment_count"))))
        return Ephemeris(str(column(columns, "designator")), int(column(columns, "norad_cat_id")), segments)
    except AstrodynamicsError as error:
        raise InvalidColumnsError(f"The columns form no ephemeris: {error}.") from error


def _stored_segment(columns: dict[str, npt.NDArray[Any]], number: int) -> EphemerisSegment:
    prefix = f"{number:04d}_"
    usable = column(columns, prefix + "usable_tai_ns")
    tai_ns, r_gcrf_km, v_gcrf_km_s = (column(columns, prefix + name) for name in _SEGMENT_COLUMNS)
    return EphemerisSegment(
        tai_ns,
        r_gcrf_km,
        v_gcrf_km_s,
        int(usable[0]),
        int(usable[1]),
        method=_METHODS[int(column(columns, prefix + "method"))],
        degree=int(column(columns, prefix + "degree")),
        covariance_tai_ns=columns.get(prefix + "covariance_tai_ns"),
        covariance=columns.get(prefix + "covariance"),
    )
