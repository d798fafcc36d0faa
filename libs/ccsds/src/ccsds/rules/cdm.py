"""CDM: what a conjunction data message must hold."""

from ccsds.rules.rule import table

__all__ = ["CDM_RULES"]

CDM_RULES = table(
    "CCSDS 508.0-B-1",
    ("CDM-010", "error", "A CDM is about exactly two objects.", "5.2.1"),
    ("CDM-011", "error", "OBJECT1 stands before OBJECT2, each once.", "table 3-3"),
    ("CDM-012", "error", "Both objects have the same REF_FRAME.", "table 3-3"),
    ("CDM-013", "error", "REF_FRAME is GCRF, EME2000 or ITRF.", "table 3-3"),
    ("CDM-014", "error", "A probability lies between 0 and 1.", "table 3-2"),
    ("CDM-015", "error", "A value with a list is one of its list.", "tables 3-2, 3-3"),
    ("CDM-016", "error", "INTERNATIONAL_DESIGNATOR is YYYY-NNNP{PP} or UNKNOWN.", "table 3-3"),
    ("CDM-017", "warning", "Identifiers hold letters, digits, _ and - only.", "5.2.9"),
    ("CDM-018", "error", "RESIDUALS_ACCEPTED lies between 0 and 100.", "table 3-4"),
    ("CDM-019", "error", "MISS_DISTANCE is not negative.", "table 3-2"),
    ("CDM-020", "error", "Covariance rows 7 to 9 are complete and in sequence.", "5.2.8"),
    (
        "CDM-020/incomplete",
        "error",
        "The 21 elements of the position and velocity covariance are all there.",
        "table 3-4",
    ),
    ("CDM-021", "error", "The relative state is given whole or not at all.", "5.2.3"),
    ("CDM-022", "warning", "Variances are not negative.", "5.2.8"),
    (
        "CDM-023",
        "warning",
        "The screening period begins before it ends, and the entry, TCA and exit are in order.",
        "table 3-2",
    ),
    ("CDM-024", "warning", "Miss distance, relative speed, relative state and the two states agree.", "table 3-2"),
    ("CDM-025", "warning", "Observation times and counts are in order.", "table 3-4"),
    ("CDM-026", "error", "A quantity that can't be negative is not.", "table 3-4"),
)
