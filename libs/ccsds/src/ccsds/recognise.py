"""How each kind and format is told from a document's opening; each returns the version, or None for no match.

An empty version means that the format has none or the document shows none.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ccsds.opening import Opening

__all__ = [
    "caliper",
    "goo",
    "is_json",
    "itc",
    "json_keys",
    "kvn_version",
    "nasa",
    "omm_csv",
    "omm_kvn_without_header",
    "state_vector",
    "tle",
    "utc",
    "xml_version",
]

KVN = re.compile(r"(?:\A|[\r\n])[ \t]*CCSDS_(?P<kind>[A-Z]{3})_VERS[ \t]*=[ \t]*(?P<version>[^\s\[]*)")
XML_ROOT = re.compile(r"<(?:[A-Za-z0-9]+:)?(?P<root>[A-Za-z]+)\b(?P<attributes>[^>]*)>?")
XML_VERSION = re.compile(r"version\s*=\s*[\"']([^\"']*)[\"']")
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


def kvn_version(opening: Opening, kind: str) -> str | None:
    """A KVN message declares its kind and version on a line of its own."""
    match = KVN.search(opening.text)
    return match["version"] if match is not None and match["kind"] == kind else None


def omm_kvn_without_header(opening: Opening) -> str | None:
    """OMM keywords without a version line."""
    names = {line.partition("=")[0].strip() for line in opening.lines[:60] if "=" in line}
    return "" if {"MEAN_MOTION", "ECCENTRICITY", "EPOCH"} <= names else None


def xml_version(opening: Opening, kind: str) -> str | None:
    """An XML message, alone or first in an NDM container."""
    if opening.start != "<":
        return None
    roots = [m for m in XML_ROOT.finditer(opening.text) if m["root"] != "xml"]
    for match in roots[:40]:
        if match["root"].lower() == "ndm":
            continue
        if match["root"].lower() == kind.lower():
            version = XML_VERSION.search(match["attributes"])
            return version[1] if version else ""
        if match["root"] not in {"MESSAGE", "COMMENT", "CREATION"}:
            return None
    return None


def is_json(opening: Opening) -> bool:
    """Whether the document begins as JSON does."""
    return bool(opening.start) and opening.start in "[{"


def json_keys(opening: Opening, *names: str) -> str | None:
    """A JSON document that shows all of these keys in its opening."""
    if not is_json(opening) or not all(f'"{name}"' in opening.text for name in names):
        return None
    version = re.search(r'"CCSDS_[A-Z]{3}_VERS"\s*:\s*"?([0-9.]+)', opening.text)
    return version[1] if version else ""


def state_vector(opening: Opening) -> str | None:
    """The state-vector form: an object with a state and a frame but no keywords of CCSDS."""
    if not is_json(opening):
        return None
    text = opening.text.lower()
    return "" if '"position' in text and '"velocity' in text else None


def omm_csv(opening: Opening) -> str | None:
    """A CSV whose header line names mean elements."""
    if not opening.lines:
        return None
    names = {name.strip().strip('"').upper() for name in opening.lines[0].split(",")}
    return "" if {"EPOCH", "MEAN_MOTION", "ECCENTRICITY"} <= names else None


def tle(opening: Opening) -> str | None:
    """A line 1 followed by a line 2."""
    lines = opening.lines[:TLE_LINES]
    pairs = pairwise(lines)
    if any(TLE_1.match(first) and TLE_2.match(second) for first, second in pairs):
        return ""
    alone = [line for line in lines if len(line) in {68, 69} and (TLE_1.match(line) or TLE_2.match(line))]
    return "" if alone else None


def caliper(opening: Opening) -> str | None:
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


def goo(opening: Opening) -> str | None:
    """Four header lines, then a state line and one line of six numbers in turn."""
    rows = _on_orbit_rows(opening)
    return "" if rows == 1 and SIX_NUMBERS.match(opening.lines[5]) else None


def itc(opening: Opening) -> str | None:
    """Four header lines, then a state line and three lines of seven numbers in turn."""
    return "" if _on_orbit_rows(opening) is not None or _on_orbit_header(opening) else None


def utc(opening: Opening) -> str | None:
    """21 header lines, then `YYYY/MM/DD HH:MM:SS.SSS` and six numbers."""
    return "" if any(UTC_LINE.match(line) for line in opening.lines[:UTC_LINES]) else None


def nasa(opening: Opening) -> str | None:
    """No header; `YYDOYHHMMSS.SSS` and six numbers."""
    return "" if opening.lines and NASA_LINE.match(opening.lines[0]) else None
