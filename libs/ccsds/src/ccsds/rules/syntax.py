"""SYN, COM, VER, UNI: lines, keywords, comments, versions and units of KVN."""

from ccsds.rules.rule import table

__all__ = ["SYNTAX_RULES"]

ODM = "CCSDS 502.0-B-3"
CDM = "CCSDS 508.0-B-1"

SYNTAX_RULES = [
    *table(
        ODM,
        ("SYN-001", "error", "The first keyword is CCSDS_xxx_VERS.", "7.3.6", "Begin the file with the version line."),
        (
            "SYN-001/comment",
            "error",
            "No comment stands before the version line.",
            "7.3.6",
            "Move the comment below the version line.",
        ),
        ("SYN-001/space-track", "error", "Space-Track's own keywords do not stand before the version line.", "7.3.6"),
        ("SYN-002", "error", "Only printable ASCII characters and blanks occur.", "7.3.4", "Remove the character."),
        ("SYN-002/tab", "error", "Tabs do not occur.", "7.3.4", "Use blanks."),
        ("SYN-002/non-ascii", "error", "Characters beyond ASCII do not occur.", "7.3.4", "Write it in ASCII."),
        ("SYN-003", "error", "A line has at most 254 characters.", "7.3.3", "Break the line or shorten the value."),
        ("SYN-006", "error", "A line holds one assignment.", "7.4.3", "Put each assignment on its own line."),
        ("SYN-007", "error", "Keywords are upper case and hold no blanks.", "7.4.4"),
        ("SYN-008", "error", "Only keywords of the tables of that section and version occur.", "5.2.3.2"),
        (
            "SYN-008/cdm",
            "error",
            "Only keywords of CDM 1.0 occur.",
            "6.3.1.3",
            "Later drafts' keywords are kept as extensions; leave them out for readers of CDM 1.0.",
        ),
        ("SYN-009", "error", "Keywords stand in the order of the tables.", "7.4.8"),
        ("SYN-010", "error", "A keyword occurs once in a section.", "7.4.3", "Keep one of the two."),
        (
            "SYN-010/same",
            "error",
            "A keyword is not repeated, even with the same value.",
            "7.4.3",
            "Keep one of the two.",
        ),
        ("SYN-011", "error", "Mandatory keywords are present.", "5.2.3.1"),
        (
            "SYN-011/covariance",
            "error",
            "The covariance of each object of a CDM is present.",
            "CCSDS 508.0-B-1 table 3-4",
        ),
        ("SYN-012", "error", "Mandatory values are not empty.", "7.5.1"),
        ("SYN-012/header", "error", "Header values of an OMM are not empty.", "7.5.1"),
        (
            "SYN-012/optional",
            "error",
            "An optional keyword without value is left out.",
            "7.5.1",
            "Leave the keyword out.",
        ),
        (
            "SYN-013",
            "error",
            "No byte order mark stands before the text.",
            "7.3.4",
            "Save the file without a byte order mark.",
        ),
        ("SYN-015", "error", "COMMENT is followed by a blank.", "7.8.5"),
        ("SYN-016", "error", "Every line is an assignment, a comment, a marker or a data line.", "7.4.1"),
        ("SYN-017", "error", "The document stays within the limits of size and number.", "", "Split the document."),
        ("COM-001", "warning", "Header comments stand right after the version line.", "7.8.7"),
        ("COM-002", "warning", "Metadata comments stand at the start of the metadata.", "7.8.8"),
        (
            "COM-003",
            "error",
            "No comment stands between ephemeris lines or covariance rows.",
            "7.8.9",
            "Move it before the first ephemeris line or right after COVARIANCE_START.",
        ),
        ("COM-004", "warning", "Comments stand at the start of a logical block.", "7.8"),
        ("UNI-002", "error", "A unit, if shown, is the one of the table, in its case.", "7.7.1"),
        (
            "UNI-002/convertible",
            "error",
            "A unit is the one of the table; values are never converted silently.",
            "7.7.1",
            "Convert the value and show the unit of the table.",
        ),
        ("UNI-003", "error", "A blank stands before the unit.", "7.7.1"),
        (
            "UNI-004",
            "error",
            "[n/a] never occurs, nor a unit on a dimensionless value.",
            "7.7.1",
            "Leave the unit out.",
        ),
        ("UNI-005", "error", "Data lines of an OEM show no units.", "7.7.2", "Leave the unit out."),
        ("VER-001", "error", "REF_FRAME_EPOCH does not occur in version 1.0.", "annex I", "Declare version 2.0."),
        (
            "VER-002",
            "error",
            "Covariances and accelerations do not occur in version 1.0.",
            "annex I",
            "Declare version 2.0.",
        ),
        (
            "VER-003",
            "error",
            "CLASSIFICATION and MESSAGE_ID occur in version 3.0 only.",
            "5.2.2",
            "Declare version 3.0.",
        ),
        ("VER-004", "error", "The version is one that exists, written x.y.", "7.9.1"),
        ("VER-005", "error", "The OMM has no version 1.0.", "4.2.2", "Declare version 2.0."),
    ),
    *table(
        CDM,
        ("UNI-006", "warning", "A CDM shows the unit of every value that has one.", "6.2.4.1"),
        ("VER-004/cdm-2", "error", "The version of a CDM is 1.0.", "6.3.1.2"),
    ),
]
