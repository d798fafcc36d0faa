"""Rules of the containers (JSON, XML) and of the text formats beyond KVN; a new text format adds its own here."""

from ccsds.rules.rule import table

__all__ = ["TEXT_FORMAT_RULES"]

TEXT_FORMAT_RULES = [
    *table(
        "RFC 8259",
        ("JSN-001", "error", "JSON is well-formed.", ""),
        ("JSN-002", "error", "A record is an object of keywords and plain values.", ""),
    ),
    *table(
        "CCSDS 505.0-B-3",
        ("XML-001", "error", "XML is well-formed.", "3.1"),
        ("XML-002", "error", "XML declares no document type and no entities.", "3.1", "Remove the declaration."),
        ("XML-003", "error", "XML elements are not nested without end.", "3.1"),
    ),
]
