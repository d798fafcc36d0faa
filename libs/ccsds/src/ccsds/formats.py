"""Every kind and format that the library knows, in the order in which they are tried."""

from __future__ import annotations

from functools import partial

from ccsds import recognise
from ccsds.deferred import deferred
from ccsds.document_format import DocumentFormat, Reader
from ccsds.messages import Cdm, ElementSets, Message, Oem, Omm, Opm
from ccsds.opening import Opening, Sniffed
from ccsds.text_formats import TEXT_FORMATS

__all__ = ["FORMATS", "UNKNOWN", "find_format"]


def _kvn(kind: str, message_type: type[Message], read: Reader) -> DocumentFormat:
    return DocumentFormat(kind, "KVN", partial(recognise.kvn_version, kind=kind), message_type, read)


def _xml(kind: str, message_type: type[Message], read: Reader) -> DocumentFormat:
    return DocumentFormat(kind, "XML", partial(recognise.xml_version, kind=kind), message_type, read)


def _json(kind: str, *keys: str, message_type: type[Message], read: Reader) -> DocumentFormat:
    def recognise_keys(opening: Opening) -> str | None:
        return recognise.json_keys(opening, *keys)

    return DocumentFormat(kind, "JSON", recognise_keys, message_type, read)


def tree_xml(kind: str) -> Reader:
    """The reader of a kind of the statement tree (`ccsds.tree.kinds`) in XML."""
    return partial(deferred("ccsds.tree.messages", "read_xml_message"), kind)


def tree_json(kind: str) -> Reader:
    """The same in JSON."""
    return partial(deferred("ccsds.tree.messages", "read_json_message"), kind)


FORMATS: tuple[DocumentFormat, ...] = (
    _kvn("OEM", Oem, deferred("ccsds.readers.oem_kvn", "read_oem_kvn")),
    _kvn("CDM", Cdm, deferred("ccsds.readers.cdm_kvn", "read_cdm_kvn")),
    _kvn("OMM", ElementSets, deferred("ccsds.readers.omm_kvn", "read_omm_kvn")),
    _kvn("OPM", Opm, deferred("ccsds.readers.opm_kvn", "read_opm_kvn")),
    _xml("OEM", Oem, tree_xml("OEM")),
    _xml("CDM", Cdm, tree_xml("CDM")),
    _xml("OMM", ElementSets, deferred("ccsds.readers.omm_xml", "read_omm_xml")),
    _xml("OPM", Opm, tree_xml("OPM")),
    _json("CDM", "CCSDS_CDM_VERS", message_type=Cdm, read=tree_json("CDM")),
    _json("CDM", "MISS_DISTANCE", "TCA", message_type=Cdm, read=tree_json("CDM")),
    _json("OPM", "CCSDS_OPM_VERS", message_type=Opm, read=tree_json("OPM")),
    _json("OMM", "CCSDS_OMM_VERS", "header", "body", message_type=Omm, read=tree_json("OMM")),
    _json("OEM", "CCSDS_OEM_VERS", message_type=Oem, read=tree_json("OEM")),
    _json(
        "OMM",
        "EPOCH",
        "MEAN_MOTION",
        "ECCENTRICITY",
        message_type=ElementSets,
        read=deferred("ccsds.readers.omm_json", "read_omm_json"),
    ),
    DocumentFormat(
        "STATE_VECTOR", "JSON", recognise.state_vector, Opm, deferred("ccsds.readers.state_vector", "read_state_vector")
    ),
    DocumentFormat("OMM", "CSV", recognise.omm_csv, ElementSets, deferred("ccsds.readers.omm_csv", "read_omm_csv")),
    DocumentFormat(
        "OMM",
        "KVN",
        recognise.omm_kvn_without_header,
        ElementSets,
        deferred("ccsds.readers.omm_kvn", "read_omm_kvn"),
    ),
    *TEXT_FORMATS,
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
