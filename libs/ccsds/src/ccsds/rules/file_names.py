"""FIL: names of ephemeris files."""

from ccsds.rules.rule import table

__all__ = ["FILE_NAME_RULES"]

FILE_NAME_RULES = table(
    "19 SDS Spaceflight Safety Handbook, table 9;",
    (
        "FIL-001",
        "info",
        "An ephemeris file is named type_number_name_time_designation_metadata_classification.",
        "",
        "Name it MEME_<number>_<name>_<DDDHHMM>_<operational|special>_<metadata>_unclassified.txt",
    ),
    (
        "FIL-002",
        "info",
        "Empty metadata shows as a double underscore.",
        "",
        "Write two underscores where there is no metadata, for example …_operational__unclassified.txt",
    ),
    (
        "FIL-003",
        "info",
        "The file name ends as the receiver asks.",
        "",
        "Give the file the extension that the message names: .txt for Space-Track, .oem for UKSA.",
    ),
    (
        "FIL-003/double",
        "warning",
        "A file name has one suffix.",
        "UKSA 002 Ephemeris Data",
        "Keep one suffix only, for example .oem instead of .oem.txt.",
    ),
    (
        "FIL-004",
        "error",
        "A file name has no path parts and no control characters.",
        "",
        "Send the bare file name, without directories, slashes, line breaks or other control characters.",
    ),
    (
        "FIL-004/non-ascii",
        "warning",
        "A file name is ASCII.",
        "UKSA 002 Ephemeris Data",
        "Name the file with letters A to Z, digits, _ and - only.",
    ),
    (
        "FIL-005",
        "info",
        "A file name holds a catalogue number.",
        "",
        "Put the catalogue number behind the data type, for example MEME_25544_…",
    ),
    (
        "FIL-005/uncatalogued",
        "error",
        "UCNnn holds no catalogue number.",
        "",
        "Use the nine-digit number that was assigned.",
    ),
    (
        "FIL-006",
        "info",
        "A catalogue number has five, six or nine digits.",
        "",
        "Write the catalogue number in full: five or six digits, or the nine digits that were assigned.",
    ),
    (
        "FIL-007",
        "info",
        "The classification is unclassified.",
        "",
        "End the name with unclassified; do not send anything that is classified.",
    ),
    (
        "FIL-008",
        "info",
        "The day and time are DDDHHMM, day 001 to 366.",
        "",
        "Write day of year, hour and minute in UTC as seven digits, for example 2601200 for day 260, 12:00.",
    ),
    ("FIL-009", "info", "The data type is MEME, in upper case.", "", "Begin the name with MEME_ in upper case."),
)
