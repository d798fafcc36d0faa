"""FMT: what the document is at all."""

from ccsds.rules.rule import table

__all__ = ["DOCUMENT_RULES"]

DOCUMENT_RULES = table(
    "",
    (
        "FMT-001",
        "error",
        "The document is of a known kind.",
        "",
        "Send an OEM, OPM, OMM or CDM in KVN, XML or JSON, a TLE, or an ephemeris format that the documentation names.",
    ),
    (
        "FMT-003",
        "error",
        "The document is not empty.",
        "",
        "Check the export or upload that made it, and send it again.",
    ),
    ("FMT-004", "error", "The document is not compressed.", "", "Unpack it first."),
    ("FMT-005", "error", "The document is text.", "", "Send the text of the message itself."),
    ("FMT-006", "error", "Text is encoded in UTF-8.", "", "Save the file as ASCII."),
    (
        "FMT-007",
        "error",
        "Something of the document is usable.",
        "",
        "Check that the document is whole, and send it with at least one complete record or segment.",
    ),
    (
        "CAT-001",
        "warning",
        "Designator and catalogue number are those of one object.",
        "the catalogue that is given",
        "Correct the designator or the number; the catalogue that was given names both.",
    ),
    (
        "CAT-002",
        "info",
        "A designator is one of the catalogue's.",
        "the catalogue that is given",
        "Check the designator, or give a catalogue that holds the object.",
    ),
)
