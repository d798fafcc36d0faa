"""Rules of the containers (JSON, XML) and of the text formats beyond KVN; a new text format adds its own here."""

from ccsds.rules.rule import table

__all__ = ["TEXT_FORMAT_RULES"]

TEXT_FORMAT_RULES = [
    *table(
        "RFC 8259",
        (
            "JSN-001",
            "error",
            "JSON is well-formed.",
            "",
            "Check brackets, commas and quotes at that place, and that the file was transferred whole.",
        ),
        (
            "JSN-002",
            "error",
            "A record is an object of keywords and plain values.",
            "",
            'Write each record as one flat object, for example {"NORAD_CAT_ID": 25544, "MEAN_MOTION": 15.5}.',
        ),
    ),
    *table(
        "CCSDS 505.0-B-3",
        (
            "XML-001",
            "error",
            "XML is well-formed.",
            "3.1",
            "Close the tag or correct the character at that place, and check that the file was transferred whole.",
        ),
        ("XML-002", "error", "XML declares no document type and no entities.", "3.1", "Remove the declaration."),
        (
            "XML-003",
            "error",
            "XML elements are not nested without end.",
            "3.1",
            "Use the structure of the NDM schema: ndm, omm, body, segment, metadata and data.",
        ),
    ),
]
