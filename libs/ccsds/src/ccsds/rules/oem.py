"""OEM, STK: what an ephemeris must hold, and what Space-Track makes of it."""

from ccsds.rules.rule import table

__all__ = ["OEM_RULES"]

HANDBOOK = "19 SDS Spaceflight Safety Handbook,"

OEM_RULES = [
    *table(
        "CCSDS 502.0-B-3",
        ("OEM-010", "error", "START_TIME is not after the first epoch.", "table 5-3"),
        ("OEM-011", "error", "STOP_TIME is not before the last epoch, nor before START_TIME.", "table 5-3"),
        ("OEM-012", "error", "The useable window lies within START_TIME and STOP_TIME.", "table 5-3"),
        ("OEM-013", "error", "USEABLE_START_TIME is not after USEABLE_STOP_TIME.", "table 5-3"),
        ("OEM-014", "error", "Useable windows of consecutive segments do not overlap.", "5.2.4.4"),
        ("OEM-015", "error", "INTERPOLATION comes with INTERPOLATION_DEGREE.", "table 5-3"),
        ("OEM-016", "error", "INTERPOLATION_DEGREE is a positive integer.", "table 5-3"),
        ("OEM-017", "warning", "A segment has enough states for its interpolation.", "5.2.4.7"),
        ("OEM-018", "error", "TIME_SYSTEM stays the same in the whole file.", "5.2.4.5"),
        ("OEM-019", "error", "An OEM is about one object.", "5.1.3", "Make one file per object."),
        ("OEM-020", "error", "Epochs increase strictly.", "5.2.4"),
        ("OEM-020/repeated", "error", "A state is not repeated.", "5.2.4", "Leave the second line out."),
        ("OEM-022", "error", "An ephemeris line holds an epoch and 6 or 9 numbers.", "5.2.4.1"),
        ("OEM-023", "warning", "All ephemeris lines of a segment have the same columns.", "5.2.4.2"),
        ("OEM-025", "error", "A segment has ephemeris lines.", "5.2.4"),
        ("OEM-026", "error", "An OEM has a segment.", "5.2.1"),
        ("OEM-027", "error", "META_START and META_STOP come in pairs, alone on their lines.", "table 5-3"),
        ("OEM-031", "error", "A covariance matrix begins with its EPOCH.", "5.2.5.3"),
        (
            "OEM-032",
            "error",
            "COVARIANCE_START and COVARIANCE_STOP come in pairs, after the ephemeris lines.",
            "5.2.5.2",
        ),
        ("OEM-034", "error", "A covariance matrix has six rows of one to six numbers.", "5.2.5"),
        ("OEM-035", "error", "Covariance epochs increase strictly.", "5.2.5.7"),
        ("OEM-036", "warning", "Variances are not negative and the matrix is positive semi-definite.", "5.2.5"),
        ("OEM-037", "warning", "Covariance epochs lie within START_TIME and STOP_TIME.", "table 5-3"),
        ("OEM-038", "error", "Only EPOCH and COV_REF_FRAME occur in a covariance section.", "table 5-5"),
        ("OEM-041", "warning", "A frame of epoch comes with REF_FRAME_EPOCH.", "table 5-3"),
        ("OEM-042", "warning", "Frames are those of the registry.", "annex B"),
        ("OEM-042/alias", "info", "A frame is named as the registry names it.", "annex B"),
        ("OEM-043", "info", "OBJECT_ID is an international designator, YYYY-NNNP{PP}.", "table 5-3"),
    ),
    *table(
        HANDBOOK,
        ("STK-001", "off", "States and covariances are in decimal notation, without exponents.", "OEM format"),
        ("STK-002", "off", "Only keywords that Space-Track strips occur.", "OEM format", "Leave the keyword out."),
        ("STK-003", "off", "The time system is UTC.", "OEM format"),
        ("STK-004", "off", "The center is the Earth.", "OEM format"),
        ("STK-005", "off", "Dates are year, month and day.", "OEM format"),
        ("STK-006", "off", "States have no accelerations.", "OEM format"),
        (
            "STK-007",
            "off",
            "The epoch of a covariance is exactly that of a state.",
            "OEM format",
            "Space-Track discards this matrix.",
        ),
        ("STK-008", "off", "Each covariance names its frame.", "OEM format"),
        ("STK-009", "off", "State and covariance frames are a pair of table 8.", "table 8"),
    ),
]
