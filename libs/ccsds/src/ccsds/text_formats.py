"""Formats that are told by the layout of their lines: how each is told, what it becomes, and who reads it.

A new one is a recogniser and a row here, its reader in `ccsds.readers`, and its rules in `ccsds.rules.text_formats`.
A recogniser returns the version, empty where the document shows none; None for no match.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ccsds.deferred import deferred
from ccsds.document_format import DocumentFormat
from ccsds.messages import ElementSets, Oem
from ccsds.opening import Opening

__all__ = ["TEXT_FORMATS"]

NUMBER = r"[+-]?[0-9]*\.?[0-9]+(?:[EeDd][+-]?[0-9]+)?"
SIX = rf"(?:\s+{NUMBER}){{5,6}}"
NASA_LINE = re.compile(rf"[0-9]{{11}}(?:\.[0-9]+)?{SIX}\Z|[0-9]{{5}}\s+[0-9]{{6}}(?:\.[0-9]+)?{SIX}\Z")
UTC_LINE = re.compile(rf"[0-9]{{4}}[/-][0-9]{{2}}[/-][0-9]{{2}}\s+[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]+)?{SIX}\Z")
ON_ORBIT_LINE = re.compile(rf"[0-9]{{13}}(?:\.[0-9]+)?{SIX}\Z")
SIX_NUMBERS = re.compile(rf"{NUMBER}(?:\s+{NUMBER}){{4,5}}\Z")
TLE_1 = re.compile(r"1 +[0-9A-Za-z ]{1,5}[A-Z]? ")
TLE_2 = re.compile(r"2 +[0-9A-Za-z ]{1,5} ")
TLE_LINES = 200
UTC_LINES = 40
NASA_LINES = 5
SEARCHED_LINES = 12
ITC_COVARIANCE_LINES = 3


def _tle(opening: Opening) -> str | None:
    """A line 1 followed by a line 2."""
    lines = opening.lines[:TLE_LINES]
    pairs = pairwise(lines)
    if any(TLE_1.match(first) and TLE_2.match(second) for first, second in pairs):
        return ""
    alone = [line for line in lines if len(line) in {68, 69} and (TLE_1.match(line) or TLE_2.match(line))]
    return "" if alone else None


def _caliper(opening: Opening) -> str | None:
    """`CALIPER EPHEMERIS V2.0 COVARIANCE …`."""
    match = re.match(r"CALIPER EPHEMERIS\s+V?(\S*)", opening.text.lstrip())
    return match[1] if match else None


def _on_orbit_header(opening: Opening) -> bool:
    return any(line.startswith(("created:", "ephemeris_start:", "ephemeris_source:")) for line in opening.lines[:3])


def _on_orbit_record(opening: Opening) -> tuple[int, str] | None:
    """Number of lines behind the first state line, up to the next, and the first of them; None without such a state."""
    lines = opening.lines[:SEARCHED_LINES]
    states = [index for index, line in enumerate(lines) if ON_ORBIT_LINE.match(line)]
    if not states:
        return None
    following = lines[states[0] + 1 : states[1] if len(states) > 1 else None]
    return len(following), following[0] if following else ""


def _goo(opening: Opening) -> str | None:
    """Four header lines, then a state line and one line of six numbers in turn."""
    record = _on_orbit_record(opening)
    return "" if record is not None and record[0] != ITC_COVARIANCE_LINES and SIX_NUMBERS.match(record[1]) else None


def _itc(opening: Opening) -> str | None:
    """Four header lines, then a state line and three lines of seven numbers in turn."""
    return "" if _on_orbit_record(opening) is not None or _on_orbit_header(opening) else None


def _utc(opening: Opening) -> str | None:
    """21 header lines, then `YYYY/MM/DD HH:MM:SS.SSS` and six numbers."""
    return "" if any(UTC_LINE.match(line) for line in opening.lines[:UTC_LINES]) else None


def _nasa(opening: Opening) -> str | None:
    """No header; `YYDOYHHMMSS.SSS` and six numbers."""
    return "" if any(NASA_LINE.match(line) for line in opening.lines[:NASA_LINES]) else None


TEXT_FORMATS: tuple[DocumentFormat, ...] = (
    DocumentFormat("CALIPER", "TXT", _caliper, Oem, deferred("ccsds.readers.caliper", "read_caliper")),
    DocumentFormat("TLE", "TXT", _tle, ElementSets, deferred("ccsds.readers.tle", "read_tle")),
    DocumentFormat("GOO", "TXT", _goo, Oem, deferred("ccsds.readers.goo", "read_goo")),
    DocumentFormat("ITC", "TXT", _itc, Oem, deferred("ccsds.readers.itc", "read_itc")),
    DocumentFormat("UTC", "TXT", _utc, Oem, deferred("ccsds.readers.utc", "read_utc")),
    DocumentFormat("NASA", "TXT", _nasa, Oem, deferred("ccsds.readers.nasa", "read_nasa")),
)
"""In the order in which they are tried."""
