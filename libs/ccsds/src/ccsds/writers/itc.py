"""An OEM as Modified ITC ephemeris (19 SDS Spaceflight Safety Handbook): decimal notation, without exponents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccsds.errors import CannotWrite
from ccsds.messages.oem import Oem, OemCovariances, OemSegment
from ccsds.tables.oem import normalised

__all__ = ["write_itc"]

STATE_FRAMES = frozenset({"EME2000", "J2000", "MEME2000"})
COVARIANCE_FRAMES = {
    "UVW": "UVW",
    "RTN": "RTN",
    "RIC": "RTN",
    "RSW": "RSW",
    "QSW": "RSW",
    "EME2000": "EME2000",
    "J2000": "J2000",
    "MEME2000": "EME2000",
}
NUMBERS_PER_LINE = 7
SOURCE = "ephemeris_source:"
NS_PER_S = 1_000_000_000


def write_itc(oem: Oem) -> bytes:
    """Write an OEM as Modified ITC: four header lines, then in turn a state line and three lines of covariance.

    The three free header lines follow Starlink's. What the format has no place for (names, interpolation, comments) is
    left out; what would change the meaning is refused. A message that was read from Modified ITC and not edited is
    written back byte for byte.

    Raises
    ------
    CannotWrite
        More than one segment, another frame, center or time system than EME2000, EARTH and UTC, accelerations, a state
        without a covariance of its own epoch, or covariances in several frames or in one beyond table 8.
    """
    source = oem.source
    if source is not None and source.kind == "ITC" and not oem.edited:
        return source.data
    if len(oem.segments) != 1:
        raise CannotWrite(f"a Modified ITC ephemeris holds one segment; the message has {len(oem.segments)}")
    segment = oem.segments[0]
    _check_carries(segment)
    frame, triangles = _covariances(segment)
    times = _packed_times(segment.epochs, segment.leap_second)
    states = np.concatenate([segment.positions_km, segment.velocities_km_s], axis=1)
    lines = _header(oem, segment, frame)
    for time, state, triangle in zip(times, states.tolist(), triangles.tolist(), strict=True):
        lines.append(f"{time} {_decimals(state)}")
        lines += [_decimals(triangle[n : n + NUMBERS_PER_LINE]) for n in range(0, len(triangle), NUMBERS_PER_LINE)]
    return ("\n".join(lines) + "\n").encode("ascii")


def _check_carries(segment: OemSegment) -> None:
    data = segment.metadata
    if normalised(data.ref_frame) not in STATE_FRAMES:
        raise CannotWrite(f"a Modified ITC ephemeris is in EME2000; the states are in {data.ref_frame}")
    if normalised(data.time_system) != "UTC":
        raise CannotWrite(f"a Modified ITC ephemeris is in UTC; the times are in {data.time_system}")
    if normalised(data.center_name) != "EARTH":
        raise CannotWrite(f"a Modified ITC ephemeris is about the Earth; the states are about {data.center_name}")
    if segment.accelerations_km_s2 is not None:
        raise CannotWrite("a Modified ITC ephemeris has no accelerations")
    if not len(segment):
        raise CannotWrite("a Modified ITC ephemeris needs a state")
    if not (np.isfinite(segment.positions_km).all() and np.isfinite(segment.velocities_km_s).all()):
        raise CannotWrite("a state is not finite")


def _covariances(segment: OemSegment) -> tuple[str, npt.NDArray[np.float64]]:
    """Frame and lower triangles of the covariances of all states, shape (n, 21)."""
    given = segment.covariances
    if given is None or not _same_epochs(segment, given):
        raise CannotWrite("a Modified ITC ephemeris has a covariance at the epoch of each state, and no other")
    names = {normalised(frame or segment.metadata.ref_frame) for frame in given.frames}
    if len(names) != 1:
        raise CannotWrite(
            f"a Modified ITC ephemeris has covariances in one frame; these are in {', '.join(sorted(names))}"
        )
    name = names.pop()
    if name not in COVARIANCE_FRAMES:
        known = ", ".join(COVARIANCE_FRAMES)
        raise CannotWrite(f"a Modified ITC ephemeris has covariances in one of {known}; these are in {name}")
    if not np.isfinite(given.matrices).all():
        raise CannotWrite("a covariance is not finite")
    rows, columns = np.tril_indices(6)
    return COVARIANCE_FRAMES[name], given.matrices[:, rows, columns]


def _same_epochs(segment: OemSegment, given: OemCovariances) -> bool:
    leap = [
        np.zeros(len(part), dtype=bool) if part.leap_second is None else part.leap_second for part in (segment, given)
    ]
    return np.array_equal(given.epochs, segment.epochs) and np.array_equal(leap[0], leap[1])


def _header(oem: Oem, segment: OemSegment, frame: str) -> list[str]:
    created = oem.header.creation_date
    data = segment.metadata
    steps = np.diff(segment.epochs.astype("datetime64[ns]").astype(np.int64))
    span = f"ephemeris_start:{_utc(data.start_time)} ephemeris_stop:{_utc(data.stop_time)}"
    if steps.size and (steps == steps[0]).all() and steps[0] > 0:
        span += f" step_size:{_decimal(steps[0] / NS_PER_S).removesuffix('.0')}"
    source = next((text for text in oem.header.comments if text.startswith(SOURCE)), SOURCE + oem.header.originator)
    if not (source.isascii() and source.isprintable()):
        raise CannotWrite(f"{source!r} holds characters beyond printable ASCII")
    return ["Modified ITC ephemeris" if np.isnat(created) else f"created:{_utc(created)}", span, source, frame]


def _utc(time: np.datetime64) -> str:
    """A time as header lines have it; a fraction of a second only where there is one."""
    text = str(time.astype("datetime64[ns]")).replace("T", " ")
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} UTC"


def _packed_times(epochs: npt.NDArray[np.datetime64], leap_second: npt.NDArray[np.bool_] | None) -> list[str]:
    """Epochs as YYYYDDDhhmmss.sss, with 3, 6 or 9 digits of a second, as few as hold every one."""
    if np.isnat(epochs).any():
        raise CannotWrite("an epoch is missing")
    ns = epochs.astype("datetime64[ns]").astype(np.int64)
    digits = 3 if not (ns % 1_000_000).any() else 6 if not (ns % 1000).any() else 9
    days = epochs.astype("datetime64[D]")
    day_of_year = (days - epochs.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64) + 1
    texts = []
    for row, text in enumerate(np.datetime_as_string(epochs.astype("datetime64[ns]")).tolist()):
        second = "60" if leap_second is not None and leap_second[row] else text[17:19]
        texts.append(f"{text[:4]}{day_of_year[row]:03}{text[11:13]}{text[14:16]}{second}.{text[20 : 20 + digits]}")
    return texts


def _decimals(values: list[float]) -> str:
    return " ".join([_decimal(value) for value in values])


def _decimal(value: float) -> str:
    """The shortest decimal notation that reads back as the same double."""
    return np.format_float_positional(value, unique=True, trim="0")
