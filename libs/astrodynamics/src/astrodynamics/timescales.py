"""Time as integer nanoseconds of International Atomic Time, and the scales that people write.

Inside, an instant is ``tai_ns``: the count of SI nanoseconds since 1970-01-01T00:00:00 TAI, as ``int64``. It is
uniform, so differences are durations, leap seconds included, and no microsecond is lost to a Julian date in one
double.

Sources: IERS Bulletin C and ``Leap_Second.dat`` (leap seconds); IERS Conventions (2010), ch. 10 (TT - TAI = 32.184 s);
USNO Circular 179, equation 2.6 (TDB, to about 10 microseconds); IS-GPS-200 (GPS time = TAI - 19 s); UT1 from the
tables of `earth_orientation`.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from astrodynamics.errors import InvalidTimeError, UnknownTimeScaleError

TimeScale: TypeAlias = Literal["UTC", "TAI", "TT", "GPS", "TDB", "UT1"]
Nanoseconds: TypeAlias = npt.NDArray[np.int64]
Calendar: TypeAlias = npt.NDArray[np.datetime64]

SECOND_NS: Final = 1_000_000_000
DAY_NS: Final = 86_400 * SECOND_NS
TT_MINUS_TAI_NS: Final = 32_184_000_000
TAI_MINUS_GPS_NS: Final = 19 * SECOND_NS
J2000_TAI_NS: Final = 10_957 * DAY_NS + DAY_NS // 2 - TT_MINUS_TAI_NS
"""2000-01-01T12:00:00 TT."""

LEAP_SECONDS: Final = (
    ("1972-01-01", 10), ("1972-07-01", 11), ("1973-01-01", 12), ("1974-01-01", 13), ("1975-01-01", 14),
    ("1976-01-01", 15), ("1977-01-01", 16), ("1978-01-01", 17), ("1979-01-01", 18), ("1980-01-01", 19),
    ("1981-07-01", 20), ("1982-07-01", 21), ("1983-07-01", 22), ("1985-07-01", 23), ("1988-01-01", 24),
    ("1990-01-01", 25), ("1991-01-01", 26), ("1992-07-01", 27), ("1993-07-01", 28), ("1994-07-01", 29),
    ("1996-01-01", 30), ("1997-07-01", 31), ("1999-01-01", 32), ("2006-01-01", 33), ("2009-01-01", 34),
    ("2012-07-01", 35), ("2015-07-01", 36), ("2017-01-01", 37),
)  # fmt: skip
"""Day from which TAI - UTC has the given number of seconds. Before 1972 the first row is used."""

LEAP_SECONDS_EXPIRE: Final = date(2027, 6, 28)
"""Until this day the table is announced to be complete (IERS Bulletin C); later times use its last row."""

_STEP_UTC_NS: Final = np.array([np.datetime64(day, "ns").astype(np.int64) for day, _ in LEAP_SECONDS])
_TAI_MINUS_UTC_NS: Final = np.array([seconds * SECOND_NS for _, seconds in LEAP_SECONDS], dtype=np.int64)
_STEP_TAI_NS: Final = _STEP_UTC_NS + _TAI_MINUS_UTC_NS
_KNOWN_SCALES: Final = ("UTC", "TAI", "TT", "GPS", "TDB", "UT1")


def to_tai_ns(
    calendar: Calendar | np.datetime64, scale: str = "UTC", leap_second: npt.NDArray[np.bool_] | None = None
) -> Nanoseconds:
    """Read calendar times of a scale.

    Parameters
    ----------
    calendar
        Times as ``datetime64``, any shape.
    scale
        UTC, TAI, TT, GPS, TDB, or UT1 (by `earth_orientation`).
    leap_second
        For UTC: True where the second reads 60. ``datetime64`` has no second 60, so such a time is given as second 59
        of the same minute with this flag.

    Returns
    -------
    ``int64`` array of the same shape: nanoseconds of TAI since 1970-01-01T00:00:00 TAI.

    Raises
    ------
    UnknownTimeScaleError
        The scale is not one of the six.
    InvalidTimeError
        Not a time, or a leap second where UTC has none.
    EarthOrientationError
        UT1 outside the table of the earth's rotation.
    """
    reading_ns = np.asarray(calendar).astype("datetime64[ns]")
    if np.isnat(reading_ns).any():
        raise InvalidTimeError(f"A {scale} time is missing (NaT): give every epoch a value")
    ns = reading_ns.astype(np.int64)
    if leap_second is not None and scale != "UTC" and np.any(leap_second):
        raise InvalidTimeError(f"Second 60 exists in UTC only, not in {scale}")
    match scale:
        case "UTC":
            return _utc_to_tai(ns, leap_second)
        case "TAI":
            return ns
        case "GPS":
            return ns + TAI_MINUS_GPS_NS
        case "TT":
            return ns - TT_MINUS_TAI_NS
        case "TDB":
            return ns - TT_MINUS_TAI_NS - _tdb_minus_tt_ns(ns - J2000_TAI_NS - TT_MINUS_TAI_NS)
        case "UT1":
            return ns - _ut1_minus_tai_ns(ns - _ut1_minus_tai_ns(ns))
    raise _unknown_scale(scale)


def from_tai_ns(tai_ns: Nanoseconds | int, scale: str = "UTC") -> Calendar:
    """Write instants as calendar times of a scale.

    Parameters
    ----------
    tai_ns
        Nanoseconds of TAI since 1970-01-01T00:00:00 TAI, any shape.
    scale
        UTC, TAI, TT, GPS, TDB or UT1. Within a leap second UTC repeats second 59 (``iso_utc`` writes 60).

    Returns
    -------
    ``datetime64[ns]`` array of the same shape.
    """
    ns = np.asarray(tai_ns, dtype=np.int64)
    match scale:
        case "UTC":
            reading_ns = _tai_to_utc(ns)[0]
        case "TAI":
            reading_ns = ns
        case "GPS":
            reading_ns = ns - TAI_MINUS_GPS_NS
        case "TT":
            reading_ns = ns + TT_MINUS_TAI_NS
        case "TDB":
            reading_ns = ns + TT_MINUS_TAI_NS + _tdb_minus_tt_ns(ns - J2000_TAI_NS)
        case "UT1":
            reading_ns = ns + _ut1_minus_tai_ns(ns)
        case _:
            raise _unknown_scale(scale)
    return np.asarray(reading_ns).astype("datetime64[ns]")


def from_datetime(moment: datetime) -> int:
    """Read an aware ``datetime`` (a naive one is refused)."""
    if moment.tzinfo is None:
        raise InvalidTimeError(f"The time {moment.isoformat()} has no zone: give it one, for example UTC")
    elapsed = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    utc_ns = (elapsed.days * 86_400 + elapsed.seconds) * SECOND_NS + elapsed.microseconds * 1000
    return int(_utc_to_tai(np.asarray(utc_ns, dtype=np.int64), None))


def to_datetime(tai_ns: int) -> datetime:
    """UTC as an aware ``datetime``, rounded to microseconds; a leap second repeats second 59."""
    utc_ns = int(_tai_to_utc(np.asarray(tai_ns, dtype=np.int64))[0])
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=(utc_ns + 500) // 1000)


def iso_utc(tai_ns: int, digits: int = 6) -> str:
    """ISO 8601 in UTC with ``Z``, rounded to 0 to 9 ``digits`` of a second; a leap second is written as 60."""
    return iso_utc_texts(np.array([tai_ns], dtype=np.int64), digits)[0]


def iso_utc_texts(tai_ns: Nanoseconds, digits: int = 6) -> list[str]:
    """Many instants at a time as `iso_utc` writes each of them, shape (n,)."""
    quantum_ns = 10 ** (9 - digits)
    rounded_ns = (tai_ns + quantum_ns // 2) // quantum_ns * quantum_ns
    utc_ns, in_leap_second = _tai_to_utc(rounded_ns)
    until = 20 + digits if digits else 19
    texts = [f"{text[:until]}Z" for text in np.datetime_as_string(utc_ns.astype("datetime64[ns]"), "ns").tolist()]
    for place in np.flatnonzero(in_leap_second).tolist():
        texts[place] = f"{texts[place][:17]}60{texts[place][19:]}"
    return texts


def parse_iso_utc(text: str) -> int:
    """Read ISO 8601 in UTC: calendar or ordinal date (``2024-09-17``, ``2024-261``), ``Z`` optional, second 60 too."""
    reading = text.strip().removesuffix("Z")
    day, separator, clock = reading.partition("T")
    try:
        if not reading.isascii() or any(character in "+ " for character in reading) or clock.count("-"):
            raise ValueError  # noqa: TRY301 - one message for every way of being unreadable
        if day.count("-") == 1:
            year, ordinal = day.split("-")
            first = np.datetime64(f"{int(year):04d}-01-01", "D")
            calendar_day = first + np.timedelta64(int(ordinal) - 1, "D")
            if len(ordinal) != 3 or calendar_day.astype("datetime64[Y]") != first.astype("datetime64[Y]"):
                raise ValueError  # noqa: TRY301
            day = str(calendar_day)
        seconds_are_60 = clock[6:8] == "60"
        if seconds_are_60:
            clock = clock[:6] + "59" + clock[8:]
        utc = np.datetime64(day + separator + clock, "ns")
        if np.isnat(utc) or (separator and not clock):
            raise ValueError  # noqa: TRY301
    except ValueError as error:
        raise InvalidTimeError(
            f"{text!r} is not a UTC time: write it as 2024-09-17T12:00:00.000Z or 2024-261T12:00:00.000Z"
        ) from error
    return int(_utc_to_tai(np.asarray(utc.astype(np.int64)), np.asarray(seconds_are_60)))


def utc_julian_dates(tai_ns: Nanoseconds) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """UTC as a Julian date in two parts: midnight (ends in .5, exact) and the fraction of the day since then."""
    utc_ns, in_leap_second = _tai_to_utc(np.asarray(tai_ns, dtype=np.int64))
    days, within_day_ns = np.divmod(utc_ns + np.where(in_leap_second, SECOND_NS, 0), DAY_NS)
    return 2_440_587.5 + days, within_day_ns / DAY_NS


def tt_julian_dates(tai_ns: Nanoseconds) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Terrestrial Time as a Julian date in two parts: midnight (ends in .5, exact) and the fraction of the day."""
    days, within_day_ns = np.divmod(np.asarray(tai_ns, dtype=np.int64) + TT_MINUS_TAI_NS, DAY_NS)
    return 2_440_587.5 + days, within_day_ns / DAY_NS


def _utc_to_tai(utc_ns: Nanoseconds, leap_second: npt.NDArray[np.bool_] | None) -> Nanoseconds:
    row = np.maximum(np.searchsorted(_STEP_UTC_NS, utc_ns, side="right") - 1, 0)
    tai_ns = np.asarray(utc_ns + _TAI_MINUS_UTC_NS[row])
    if leap_second is not None and np.any(leap_second):
        tai_ns = tai_ns + np.where(leap_second, SECOND_NS, 0)
        real = _tai_to_utc(tai_ns)[1]
        if np.any(np.asarray(leap_second) & ~real):
            raise InvalidTimeError("Second 60 is given where UTC has no leap second: see the table of leap seconds")
    return tai_ns


def _tai_to_utc(tai_ns: Nanoseconds) -> tuple[Nanoseconds, npt.NDArray[np.bool_]]:
    """UTC reading, and whether the instant lies within a leap second (then the reading repeats second 59)."""
    row = np.maximum(np.searchsorted(_STEP_TAI_NS, tai_ns, side="right") - 1, 0)
    following = np.minimum(row + 1, len(_STEP_TAI_NS) - 1)
    in_leap_second = (following > row) & (tai_ns >= _STEP_TAI_NS[following] - SECOND_NS)
    utc_ns = tai_ns - _TAI_MINUS_UTC_NS[row] - np.where(in_leap_second, SECOND_NS, 0)
    return np.asarray(utc_ns), np.asarray(in_leap_second)


def _tdb_minus_tt_ns(tt_since_j2000_ns: Nanoseconds) -> Nanoseconds:
    """USNO Circular 179, equation 2.6."""
    T = tt_since_j2000_ns / (36_525.0 * DAY_NS)
    seconds = (
        0.001657 * np.sin(628.3076 * T + 6.2401)
        + 0.000022 * np.sin(575.3385 * T + 4.2970)
        + 0.000014 * np.sin(1256.6152 * T + 6.1969)
        + 0.000005 * np.sin(606.9777 * T + 4.0212)
        + 0.000005 * np.sin(52.9691 * T + 0.4444)
        + 0.000002 * np.sin(21.3299 * T + 5.5431)
        + 0.000010 * T * np.sin(628.3076 * T + 4.2490)
    )
    return np.asarray(np.rint(seconds * SECOND_NS), dtype=np.int64)


def _ut1_minus_tai_ns(tai_ns: Nanoseconds) -> Nanoseconds:
    """It changes by 1e-8 s/s at most: read at UT1 in place of TAI it is wrong by 0.5 us, hence twice above."""
    from astrodynamics.earth_orientation import earth_orientation  # noqa: PLC0415 - which is written in terms of TAI

    seconds = earth_orientation().at(np.ravel(tai_ns)).ut1_minus_tai_s
    return np.asarray(np.rint(seconds * SECOND_NS), dtype=np.int64).reshape(np.shape(tai_ns))


def _unknown_scale(scale: str) -> UnknownTimeScaleError:
    return UnknownTimeScaleError(f"The time scale {scale!r} is not known: use one of {', '.join(_KNOWN_SCALES)}")
