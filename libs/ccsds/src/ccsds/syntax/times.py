"""Times as CCSDS writes them (502.0-B-3 7.5.10), to whole nanoseconds and never through a double.

Digits beyond the ninth of a second are cut. A time in a leap second (`23:59:60.5`) has no datetime64: it holds
`23:59:59.5`, and `leap_second` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from ccsds.syntax.leap_seconds import LEAP_SECOND_DATES, MIDNIGHTS_AFTER_NS

__all__ = ["TimeReading", "elapsed_ns", "format_time", "read_time", "read_uniform_times"]

TIME = re.compile(
    r"(?P<year>[0-9]{4})-(?:(?P<month>[0-9]{2})-(?P<day>[0-9]{2})|(?P<doy>[0-9]{3}))"
    r"T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?(?P<zulu>Z?)\Z"
)
LOWER_T = re.compile(r"[0-9]{4}-(?:[0-9]{2}-[0-9]{2}|[0-9]{3})t[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z?\Z")
UNPADDED = re.compile(
    r"[0-9]{4}-(?:[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,3})T[0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?Z?\Z"
)
JULIAN_DATE = re.compile(r"(?P<day>[0-9]{7})(?:\.(?P<part>[0-9]{1,18}))?\Z")
OFFSET = re.compile(r"[+-][0-9]{2}:?[0-9]{2}\Z")
SHAPE = re.compile(r"0000-(?:00-00|000)T00:00:00(?:\.(?P<fraction>0+))?Z?\Z")

FIRST_YEAR, LAST_YEAR = 1678, 2261
NS_PER_S = 1_000_000_000
NS_PER_DAY = 86_400 * NS_PER_S
UNIX_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
JULIAN_DATE_OF_1970_NS = 2_440_587 * NS_PER_DAY + NS_PER_DAY // 2
FIRST_JULIAN_DAY, LAST_JULIAN_DAY = 2_333_938, 2_547_237
"""Within the first year and the last one."""
LAST_SECOND = 59
LEAP = 60


@dataclass(frozen=True, slots=True)
class TimeReading:
    """What a time's text says.

    Attributes
    ----------
    ns
        Nanoseconds since 1970-01-01T00:00:00 of the same time system; None where the text is no time.
    leap_second
        Whether the text reads :60.
    zulu, day_of_year
        Whether it ends in Z, and whether its date is a day of year.
    problem, message
        Key of the broken rule and what is wrong; None where nothing is.
    """

    ns: int | None
    leap_second: bool = False
    zulu: bool = False
    day_of_year: bool = False
    problem: str | None = None
    message: str | None = None

    @property
    def epoch(self) -> np.datetime64:
        """The time as datetime64[ns]; NaT where there is none."""
        return np.datetime64("NaT", "ns") if self.ns is None else np.datetime64(self.ns, "ns")


def _bad(problem: str, message: str) -> TimeReading:
    return TimeReading(None, problem=problem, message=message)


def read_time(text: str, *, utc: bool = True, julian_dates: bool = False) -> TimeReading:
    """Read one time.

    Parameters
    ----------
    text
        The value, without blanks around it.
    utc
        Whether the time system is UTC, the only one with leap seconds.
    julian_dates
        Whether a Julian date (`2451534.29812`) is a time too, as in version 1.0 (502.0-B-1 table 4-2).
    """
    match = TIME.match(text)
    if match is None:
        return (_julian_date(text) if julian_dates else None) or _not_a_time(text)
    year = int(match["year"])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return _bad("TIM-011", f"the year of {text} is outside {FIRST_YEAR} to {LAST_YEAR}")
    try:
        if match["doy"] is None:
            day = date(year, int(match["month"]), int(match["day"])).toordinal()
        else:
            day = date(year, 1, 1).toordinal() + int(match["doy"]) - 1
            if not date(year, 1, 1).toordinal() <= day <= date(year, 12, 31).toordinal():
                return _bad("TIM-003", f"day {match['doy']} does not exist in {year}")
    except ValueError:
        return _bad("TIM-003", f"the date {text[:10]} does not exist")
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"])
    leap_second = second == LEAP
    if hour > 23 or minute > LAST_SECOND or second > LEAP:
        return _bad("TIM-006", f"the time of day {text[text.index('T') + 1 :]} does not exist")
    if leap_second:
        there_was = _date_of(day) in LEAP_SECOND_DATES and (hour, minute) == (23, LAST_SECOND)
        if not (there_was and utc):
            return _bad("TIM-005", f"there is no leap second at {text}" + ("" if utc else " outside UTC"))
        second = LAST_SECOND
    fraction = match["fraction"] or ""
    in_day = (hour * 3600 + minute * 60 + second) * NS_PER_S + int(fraction[:9].ljust(9, "0"))
    return TimeReading(
        (day - UNIX_EPOCH_ORDINAL) * NS_PER_DAY + in_day,
        leap_second=leap_second,
        zulu=bool(match["zulu"]),
        day_of_year=match["doy"] is not None,
    )


def _julian_date(text: str) -> TimeReading | None:
    """Read a Julian date, to whole nanoseconds; None where the text is none. A day begins at noon."""
    match = JULIAN_DATE.match(text)
    if match is None:
        return None
    part = match["part"] or ""
    in_day = (2 * int(part or "0") * NS_PER_DAY + 10 ** len(part)) // (2 * 10 ** len(part))
    ns = int(match["day"]) * NS_PER_DAY + in_day - JULIAN_DATE_OF_1970_NS
    if not FIRST_JULIAN_DAY <= int(match["day"]) <= LAST_JULIAN_DAY:
        return _bad("TIM-011", f"the year of {text} is outside {FIRST_YEAR} to {LAST_YEAR}")
    return TimeReading(ns)


def _date_of(ordinal: int) -> tuple[int, int, int]:
    day = date.fromordinal(ordinal)
    return day.year, day.month, day.day


def _not_a_time(text: str) -> TimeReading:
    if OFFSET.search(text) and "T" in text:
        return _bad("TIM-004", f"{text} carries an offset; only Z is allowed")
    if LOWER_T.match(text):
        return _bad("TIM-007", f"{text!r} has a lower-case t between date and time")
    if UNPADDED.match(text):
        return _bad("TIM-002", f"{text!r} lacks a leading zero")
    if text.removesuffix("Z").endswith(".") and TIME.match(text.replace(".", "")):
        return _bad("TIM-010", f"{text!r} has no digit behind its point")
    if " " in text and TIME.match(text.replace(" ", "T", 1)):
        return _bad("TIM-001", f"{text!r} separates date and time by a blank instead of T")
    return _bad("TIM-001", f"{text!r} is not a time as YYYY-MM-DDThh:mm:ss[.d] or YYYY-DDDThh:mm:ss[.d]")


def read_uniform_times(
    characters: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], shape: str
) -> npt.NDArray[np.datetime64] | None:
    """Read many times of one shape at once.

    Parameters
    ----------
    characters
        The text that holds them, shape (n_bytes,).
    starts
        Where each begins, shape (n,).
    shape
        The text of all of them with each digit turned into 0.

    Returns
    -------
    Epochs, datetime64[ns], shape (n,); None where one needs a closer look (a bad field, a leap second, an odd shape).
    """
    match = SHAPE.match(shape)
    if match is None:
        return None
    digits = characters[starts[:, np.newaxis] + np.arange(len(shape))].astype(np.int64) - ord("0")

    def field(first: int, count: int) -> npt.NDArray[np.int64]:
        value: npt.NDArray[np.int64] = digits[:, first].copy()
        for column in range(first + 1, first + count):
            value *= 10
            value += digits[:, column]
        return value

    year = field(0, 4)
    if year.min() < FIRST_YEAR or year.max() > LAST_YEAR:
        return None
    t = shape.index("T")
    calendar = t == len("0000-00-00")
    month, day = (field(5, 2), field(8, 2)) if calendar else (np.ones_like(year), field(5, 3))
    if month.min() < 1 or month.max() > 12:
        return None
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    first_day = months.astype("datetime64[D]")
    after = (months + np.timedelta64(1 if calendar else 12, "M")).astype("datetime64[D]")
    if day.min() < 1 or np.any(day > (after - first_day).astype(np.int64)):
        return None
    hour, minute, second = field(t + 1, 2), field(t + 4, 2), field(t + 7, 2)
    if hour.max() > 23 or minute.max() > LAST_SECOND or second.max() > LAST_SECOND:
        return None
    ns = (((first_day.astype(np.int64) + day - 1) * 24 + hour) * 60 + minute) * 60 + second
    ns *= NS_PER_S
    count = min(len(match["fraction"] or ""), 9)
    if count:
        ns += field(t + 10, count) * 10 ** (9 - count)
    return ns.astype("datetime64[ns]")


def elapsed_ns(epochs: npt.NDArray[np.datetime64], leap_second: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int64]:
    """Nanoseconds on a scale that counts the leap seconds of UTC, so that `:60` sorts between `:59` and midnight.

    Parameters
    ----------
    epochs
        datetime64[ns], shape (n,).
    leap_second
        Whether each reads :60, shape (n,); None where none does.
    """
    passed = np.searchsorted(MIDNIGHTS_AFTER_NS, epochs, side="right")
    if leap_second is not None:
        passed = passed + leap_second
    ns: npt.NDArray[np.int64] = epochs.astype(np.int64) + passed * NS_PER_S
    return ns


def format_time(epoch: np.datetime64, *, leap_second: bool = False) -> str:
    """Write a time as YYYY-MM-DDThh:mm:ss.d with 3, 6 or 9 digits of a second, as few as hold it."""
    text = str(epoch.astype("datetime64[ns]"))
    head, fraction = text[:19], text[20:]
    if leap_second:
        head = head[:17] + "60"
    digits = 3 if fraction.endswith("000000") else 6 if fraction.endswith("000") else 9
    return f"{head}.{fraction[:digits]}"
