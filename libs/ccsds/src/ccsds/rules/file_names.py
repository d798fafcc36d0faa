"""FIL: names of ephemeris files."""

from ccsds.rules.rule import table

__all__ = ["FILE_NAME_RULES"]

FILE_NAME_RULES = table(
    "19 SDS Spaceflight Safety Handbook, table 9;",
    ("FIL-001", "info", "An ephemeris file is named type_number_name_time_designation_metadata_classification.", ""),
    ("FIL-002", "info", "Empty metadata shows as a double underscore.", ""),
    ("FIL-003", "info", "The file name ends as the receiver asks.", ""),
    ("FIL-003/double", "warning", "A file name has one suffix.", "UKSA 002 Ephemeris Data"),
    ("FIL-004", "error", "A file name has no path parts and no control characters.", ""),
    ("FIL-004/non-ascii", "warning", "A file name is ASCII.", "UKSA 002 Ephemeris Data"),
    ("FIL-005", "info", "A file name holds a catalogue number.", ""),
    (
        "FIL-005/uncatalogued",
        "error",
        "UCNnn holds no catalogue number.",
        "",
        "Use the nine-digit number that was assigned.",
    ),
    ("FIL-006", "info", "A catalogue number has five, six or nine digits.", ""),
    ("FIL-007", "info", "The classification is unclassified.", ""),
    ("FIL-008", "info", "The day and time are DDDHHMM, day 001 to 366.", ""),
    ("FIL-009", "info", "The data type is MEME, in upper case.", ""),
)
