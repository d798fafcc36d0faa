"""How messages in KVN, XML, JSON and CSV are told from a document's opening; each returns the version, or None.

An empty version means that the format has none or the document shows none.
"""

from __future__ import annotations

import re

from ccsds.opening import Opening

__all__ = [
    "is_json",
    "json_keys",
    "kvn_version",
    "omm_csv",
    "omm_kvn_without_header",
    "state_vector",
    "xml_version",
]

KVN = re.compile(r"(?:\A|[\r\n])[ \t]*CCSDS_(?P<kind>[A-Z]{3})_VERS[ \t]*=[ \t]*(?P<version>[^\s\[]*)")
XML_ROOT = re.compile(r"<(?:[A-Za-z0-9]+:)?(?P<root>[A-Za-z]+)\b(?P<attributes>[^>]*)>?")
XML_VERSION = re.compile(r"version\s*=\s*[\"']([^\"']*)[\"']")


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
    """The state-vector form: an object with members of a state and no keywords of CCSDS."""
    if not is_json(opening):
        return None
    text = opening.text.lower()
    return "" if '"state_vector"' in text or '"position"' in text or '"velocity"' in text else None


def omm_csv(opening: Opening) -> str | None:
    """A CSV whose header line names mean elements."""
    if not opening.lines:
        return None
    names = {name.strip().strip('"').upper() for name in opening.lines[0].split(",")}
    return "" if {"EPOCH", "MEAN_MOTION", "ECCENTRICITY"} <= names else None
