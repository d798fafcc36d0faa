"""Keywords of the OPM (CCSDS 502.0-B-3 tables 3-1 to 3-3, with the differences of issues 1 and 2)."""

from __future__ import annotations

from ccsds.tables.keyword import KeywordTable, keyword_table
from ccsds.tables.state_covariance import COVARIANCE_ROWS

__all__ = [
    "KEPLERIAN",
    "KEYWORDS",
    "MANEUVER",
    "MANEUVER_PARAMETERS",
    "NOTIFICATION_MANEUVER",
    "NUMBERS",
    "SPACECRAFT",
    "STATE",
    "VERSIONS",
]

VERSIONS = ("1.0", "2.0", "3.0")

KEYWORDS: KeywordTable = keyword_table(
    (
        "header",
        """
        CCSDS_OPM_VERS M
        CLASSIFICATION O
        CREATION_DATE M
        ORIGINATOR M
        MESSAGE_ID O
        """,
    ),
    (
        "metadata",
        """
        OBJECT_NAME M
        OBJECT_ID M
        CENTER_NAME M
        REF_FRAME M
        REF_FRAME_EPOCH C
        TIME_SYSTEM M
        """,
    ),
    (
        "state",
        """
        EPOCH M
        X M km
        Y M km
        Z M km
        X_DOT M km/s
        Y_DOT M km/s
        Z_DOT M km/s
        """,
    ),
    (
        "keplerian",
        """
        SEMI_MAJOR_AXIS C km
        ECCENTRICITY C
        INCLINATION C deg
        RA_OF_ASC_NODE C deg
        ARG_OF_PERICENTER C deg
        TRUE_ANOMALY C deg
        MEAN_ANOMALY C deg
        GM C km**3/s**2
        """,
    ),
    (
        "spacecraft",
        """
        MASS C kg
        SOLAR_RAD_AREA O m**2
        SOLAR_RAD_COEFF O
        DRAG_AREA O m**2
        DRAG_COEFF O
        """,
    ),
    ("covariance", COVARIANCE_ROWS),
)
MANEUVER: KeywordTable = keyword_table(
    (
        "maneuver",
        """
        MAN_EPOCH_IGNITION M
        MAN_DURATION M s
        MAN_DELTA_MASS M kg
        MAN_REF_FRAME M
        MAN_DV_1 M km/s
        MAN_DV_2 M km/s
        MAN_DV_3 M km/s
        """,
    )
)
STATE = tuple(row.name for row in KEYWORDS.values() if row.block == "state")
KEPLERIAN = tuple(row.name for row in KEYWORDS.values() if row.block == "keplerian")
SPACECRAFT = tuple(row.name for row in KEYWORDS.values() if row.block == "spacecraft")
NUMBERS = frozenset(
    row.name
    for row in KEYWORDS.values()
    if row.block in {"state", "keplerian", "spacecraft", "covariance"} and row.name not in {"EPOCH", "COV_REF_FRAME"}
)
MANEUVER_PARAMETERS = tuple(MANEUVER)
NOTIFICATION_MANEUVER = frozenset({"MAN_ID", "DV_OVERALL", "EPHEM", "MAN_PURPOSE", "TCA", "MAN_STATUS"})
"""User-defined parameters that a maneuver notification of 19 SDS gives for each maneuver (handbook, table 16)."""
