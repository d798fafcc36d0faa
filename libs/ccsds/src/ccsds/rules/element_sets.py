"""TLE, OMM: what an element set must hold."""

from ccsds.rules.rule import table

__all__ = ["ELEMENT_SET_RULES"]

TLE_SOURCE = "CelesTrak, NORAD Two-Line Element Set Format"

ELEMENT_SET_RULES = [
    *table(
        TLE_SOURCE,
        (
            "TLE-001",
            "error",
            "A line has 69 characters in its columns, begins with its number and ends with its checksum.",
            "",
        ),
        ("TLE-001/no-checksum", "warning", "The checksum is there.", ""),
        ("TLE-001/checksum", "error", "The checksum is right.", ""),
        ("TLE-001/orphan", "error", "Line 1 and line 2 come in pairs.", ""),
        ("TLE-002", "error", "Both lines are about the same catalogue number.", ""),
        ("TLE-003", "error", "A catalogue number is five digits or Alpha-5 (upper case, without I and O).", ""),
        ("TLE-004", "error", "The day of the epoch exists in its year.", ""),
        ("TLE-006", "error", "Numeric fields hold numbers.", ""),
        ("TLE-008", "warning", "The ephemeris type is 0 or 4.", ""),
        ("TLE-008/theory", "error", "The elements are for SGP4.", "", "Type 4 is SGP4-XP, which is not supported."),
    ),
    *table(
        "CCSDS 502.0-B-3",
        ("OMM-010", "error", "Exactly one of SEMI_MAJOR_AXIS and MEAN_MOTION is given.", "table 4-3"),
        ("OMM-011", "error", "An SGP theory comes with MEAN_MOTION.", "table 4-3"),
        ("OMM-012", "error", "SGP4 comes with BSTAR, SGP4-XP with BTERM and AGOM.", "table 4-3"),
        ("OMM-013", "error", "An SGP theory comes with NORAD_CAT_ID.", "table 4-3"),
        (
            "OMM-014",
            "warning",
            "MEAN_MOTION_DOT and MEAN_MOTION_DDOT are given where the theory needs them.",
            "table 4-3",
        ),
        ("OMM-015", "error", "A TLE-based OMM is in TEME.", "4.2.4.6"),
        ("OMM-016", "error", "A TLE-based OMM is in UTC.", "4.2.4.6"),
        ("OMM-017", "error", "A TLE-based OMM is about the EARTH.", "4.2.4.6"),
        ("OMM-018", "warning", "The eccentricity is below 1 where the mean motion is given.", "table 4-3"),
        ("OMM-019", "error", "Elements lie in their ranges.", "table 4-3"),
        (
            "OMM-020",
            "error",
            "NORAD_CAT_ID is an integer of up to nine digits.",
            "table 4-3",
            "Alpha-5 belongs in a TLE only.",
        ),
        (
            "OMM-021",
            "error",
            "BSTAR excludes BTERM, MEAN_MOTION_DDOT excludes AGOM; BTERM and AGOM are 3.0 keywords.",
            "table 4-3",
        ),
        ("OMM-022", "error", "CLASSIFICATION_TYPE is U, C or S; EPHEMERIS_TYPE is 0, 2, 3, 4 or 6.", "table 4-3"),
        ("OMM-025", "error", "A covariance is given whole (21 values) or not at all.", "table 4-3"),
        ("OMM-026", "error", "Every record has the columns of its header line.", "CelesTrak, GP data formats"),
        (
            "OMM-027",
            "error",
            "The theory is SGP4.",
            "table 4-2",
            "Other theories can't be propagated with the catalogue.",
        ),
    ),
]
