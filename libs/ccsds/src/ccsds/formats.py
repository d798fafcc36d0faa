"""Every kind and format that the library knows: how it is told, and who reads it.

A new text format is a reader module and one row here (and its rules in `ccsds.rules.text_formats`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ccsds import recognise
from ccsds.deferred import deferred
from ccsds.limits import Limits
from ccsds.messages import Message
from ccsds.opening import Opening, Sniffed
from ccsds.report import FindingLog

__all__ = ["FORMATS", "UNKNOWN", "DocumentFormat", "find_format"]

Recogniser = Callable[[Opening], str | None]
Reader = Callable[[bytes, FindingLog, Limits], Message | None]


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """One kind in one format.

    Attributes
    ----------
    recognise
        Takes an opening and returns the version, empty where there is none; None for no match.
    read
        Takes the bytes without byte order mark, a log and limits; None where the format is recognised, not supported.
    """

    kind: str
    format: str
    recognise: Recogniser
    read: Reader | None = None


def _kvn(kind: str, read: Reader | None = None) -> DocumentFormat:
    return DocumentFormat(kind, "KVN", partial(recognise.kvn_version, kind=kind), read)


def _xml(kind: str, read: Reader | None = None) -> DocumentFormat:
    return DocumentFormat(kind, "XML", partial(recognise.xml_version, kind=kind), read)


def _json(kind: str, *keys: str, read: Reader | None = None) -> DocumentFormat:
    def recognise_keys(opening: Opening) -> str | None:
        return recognise.json_keys(opening, *keys)

    return DocumentFormat(kind, "JSON", recognise_keys, read)


FORMATS: tuple[DocumentFormat, ...] = (
    _kvn("OEM", deferred("ccsds.readers.oem_kvn", "read_oem_kvn")),
    _kvn("CDM", deferred("ccsds.readers.cdm_kvn", "read_cdm_kvn")),
    _kvn("OMM", deferred("ccsds.readers.omm_kvn", "read_omm_kvn")),
    _kvn("OPM"),
    _xml("OEM"),
    _xml("CDM"),
    _xml("OMM", deferred("ccsds.readers.omm_xml", "read_omm_xml")),
    _xml("OPM"),
    _json("CDM", "CCSDS_CDM_VERS"),
    _json("CDM", "MISS_DISTANCE", "TCA"),
    _json("OPM", "CCSDS_OPM_VERS"),
    _json("OEM", "CCSDS_OEM_VERS"),
    _json("OMM", "EPOCH", "MEAN_MOTION", "ECCENTRICITY", read=deferred("ccsds.readers.omm_json", "read_omm_json")),
    DocumentFormat("STATE_VECTOR", "JSON", recognise.state_vector),
    DocumentFormat("OMM", "CSV", recognise.omm_csv, deferred("ccsds.readers.omm_csv", "read_omm_csv")),
    DocumentFormat("OMM", "KVN", recognise.omm_kvn_without_header, deferred("ccsds.readers.omm_kvn", "read_omm_kvn")),
    DocumentFormat("CALIPER", "TXT", recognise.caliper),
    DocumentFormat("TLE", "TXT", recognise.tle, deferred("ccsds.readers.tle", "read_tle")),
    DocumentFormat("GOO", "TXT", recognise.goo),
    DocumentFormat("ITC", "TXT", recognise.itc),
    DocumentFormat("UTC", "TXT", recognise.utc),
    DocumentFormat("NASA", "TXT", recognise.nasa),
)

UNKNOWN = Sniffed("UNKNOWN", "TXT", None)


def find_format(data: bytes) -> tuple[Sniffed, DocumentFormat | None]:
    """Tell kind, format and version of a document, and how it is read."""
    opening = Opening(data)
    for entry in FORMATS:
        version = entry.recognise(opening)
        if version is not None:
            return Sniffed(entry.kind, entry.format, version or None), entry
    return UNKNOWN, None
