"""XML and JSON of single messages: elements, members, and how many messages a document holds."""

from ccsds.rules.rule import table

__all__ = ["INTERCHANGE_RULES"]

INTERCHANGE_RULES = [
    *table(
        "CCSDS 505.0-B-3",
        (
            "XML-004",
            "error",
            "The root element says id and version of the message.",
            "4.3.9",
            'Write the attributes as the standard has them, for example id="CCSDS_OEM_VERS" version="2.0".',
        ),
        (
            "XML-005",
            "error",
            "Only the elements of the schema occur, each in its block.",
            "4.5",
            "Check the element's spelling and place; leave out what is not of this kind of message.",
        ),
        (
            "XML-005/place",
            "error",
            "An element of a keyword stands in its own block.",
            "4.5",
            "Move the element into the block that the standard puts it in.",
        ),
        (
            "XML-005/repeated",
            "error",
            "A block that stands once is not repeated.",
            "4.5",
            "Put the block's elements into one.",
        ),
        (
            "XML-006",
            "warning",
            "The document begins with the XML declaration, in UTF-8.",
            "4.2",
            'Begin the file with <?xml version="1.0" encoding="UTF-8"?>.',
        ),
    ),
    *table(
        "",
        (
            "FMT-008",
            "error",
            "A document holds one message.",
            "",
            "Send each message alone, or judge them one by one with ccsds.validate_each.",
        ),
        (
            "JSN-003",
            "error",
            "A message in JSON is an object of the form that the documentation shows.",
            "",
            "Give each keyword text, a number or null, and each block an object, as ccsds.write does.",
        ),
        ("JSN-004", "error", "A member occurs once in an object.", "RFC 8259 4", "Keep one of the two."),
    ),
]
