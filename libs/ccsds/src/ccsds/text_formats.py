"""Formats that are told by the layout of their lines: how each is told, what it becomes, and who reads it.

A new one is a recogniser and a row here, its reader in `ccsds.readers`, and its rules in `ccsds.rules.text_formats`.
A recogniser returns the version, empty where the document shows none; None for no match.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ccsds.deferred import deferred
from ccsds.document_format import DocumentFormat
from ccsds.messages import ElementSets
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


def _on_orbit_rows(opening: Opening) -> int | None:
    """Covariance lines behind the first state line of a four-line header; None where there is no such state."""
    lines = opening.lines
    if len(lines) > 4 and ON_ORBIT_LINE.match(lines[4]):
        following = lines[5:9]
        states = [index for index, line in enumerate(following) if ON_ORBIT_LINE.match(line)]
        return states[0] if states else len(following)
    return None


def _goo(opening: Opening) -> str | None:
    """Four header lines, then a state line and one line of six numbers in turn."""
    rows = _on_orbit_rows(opening)
    return "" if rows == 1 and SIX_NUMBERS.match(opening.lines[5]) else None


def _itc(opening: Opening) -> str | None:
    """Four header lines, then a state line and three lines of seven numbers in turn."""
    return "" if _on_orbit_rows(opening) is not None or _on_orbit_header(opening) else None


def _utc(opening: Opening) -> str | None:
    """21 header lines, then `YYYY/MM/DD HH:MM:SS.SSS` and six numbers."""
    return "" if any(UTC_LINE.match(line) for line in opening.lines[:UTC_LINES]) else None


def _nasa(opening: Opening) -> str | None:
    """No header; `YYDOYHHMMSS.SSS` and six numbers."""
    return "" if opening.lines and NASA_LINE.match(opening.lines[0]) else None


TEXT_FORMATS: tuple[DocumentFormat, ...] = (
    DocumentFormat("CALIPER", "TXT", _caliper),
    DocumentFormat("TLE", "TXT", _tle, ElementSets, deferred("ccsds.readers.tle", "read_tle")),
    DocumentFormat("GOO", "TXT", _goo),
    DocumentFormat("ITC", "TXT", _itc),
    DocumentFormat("UTC", "TXT", _utc),
    DocumentFormat("NASA", "TXT", _nasa),
)
"""In the order in which they are tried."""
