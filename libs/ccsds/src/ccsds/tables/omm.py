"""Keywords of the OMM (CCSDS 502.0-B-3 tables 4-1 to 4-3)."""

from __future__ import annotations

from ccsds.tables.keyword import KeywordTable, keyword_table
from ccsds.tables.state_covariance import COVARIANCE, COVARIANCE_ROWS

__all__ = [
    "COVARIANCE",
    "INTEGERS",
    "KEYWORDS",
    "NUMBERS",
    "OMM_CATALOGUE_KEYWORDS",
    "ONLY_3_0",
    "SGP_THEORIES",
    "TIMES",
    "TLE_THEORIES",
    "VERSIONS",
]

VERSIONS = ("2.0", "3.0")
ONLY_3_0 = frozenset({"CLASSIFICATION", "MESSAGE_ID", "BTERM", "AGOM"})
SGP_THEORIES = frozenset({"SGP", "SGP4", "SGP/SGP4"})
TLE_THEORIES = SGP_THEORIES | frozenset({"SGP4-XP", "PPT3"})
"""Whose elements come from two-line element sets and their kin, in TEME."""

KEYWORDS: KeywordTable = keyword_table(
    (
        "header",
        """
        CCSDS_OMM_VERS M
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
        MEAN_ELEMENT_THEORY M
        """,
    ),
    (
        "mean elements",
        """
        EPOCH M
        SEMI_MAJOR_AXIS C km
        MEAN_MOTION C rev/day
        ECCENTRICITY M
        INCLINATION M deg
        RA_OF_ASC_NODE M deg
        ARG_OF_PERICENTER M deg
        MEAN_ANOMALY M deg
        GM O km**3/s**2
        """,
    ),
    (
        "spacecraft",
        """
        MASS O kg
        SOLAR_RAD_AREA O m**2
        SOLAR_RAD_COEFF O
        DRAG_AREA O m**2
        DRAG_COEFF O
        """,
    ),
    (
        "tle",
        """
        EPHEMERIS_TYPE O
        CLASSIFICATION_TYPE O
        NORAD_CAT_ID C
        ELEMENT_SET_NO O
        REV_AT_EPOCH O
        BSTAR C 1/ER
        BTERM C m**2/kg
        MEAN_MOTION_DOT C rev/day**2
        MEAN_MOTION_DDOT C rev/day**3
        AGOM C m**2/kg
        """,
    ),
    ("covariance", COVARIANCE_ROWS),
)

TIMES = frozenset({"CREATION_DATE", "REF_FRAME_EPOCH", "EPOCH"})
OMM_CATALOGUE_KEYWORDS = (
    "OBJECT_NAME",
    "OBJECT_ID",
    "EPOCH",
    "MEAN_MOTION",
    "ECCENTRICITY",
    "INCLINATION",
    "RA_OF_ASC_NODE",
    "ARG_OF_PERICENTER",
    "MEAN_ANOMALY",
    "EPHEMERIS_TYPE",
    "CLASSIFICATION_TYPE",
    "NORAD_CAT_ID",
    "ELEMENT_SET_NO",
    "REV_AT_EPOCH",
    "BSTAR",
    "MEAN_MOTION_DOT",
    "MEAN_MOTION_DDOT",
)
"""What a catalogue gives of each object, in the order of CelesTrak's columns."""
INTEGERS = frozenset({"EPHEMERIS_TYPE", "ELEMENT_SET_NO", "REV_AT_EPOCH"})
NUMBERS = frozenset(
    row.name
    for row in KEYWORDS.values()
    if row.block in {"mean elements", "spacecraft", "tle", "covariance"}
    and row.name not in TIMES | INTEGERS | {"CLASSIFICATION_TYPE", "NORAD_CAT_ID", "COV_REF_FRAME"}
)
