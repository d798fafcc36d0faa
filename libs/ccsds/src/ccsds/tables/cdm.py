"""Keywords and value lists of the CDM (CCSDS 508.0-B-1 tables 3-1 to 3-4)."""

from __future__ import annotations

import re

from ccsds.tables.keyword import KeywordTable, keyword_table

__all__ = ["COVARIANCE_AXES", "COVARIANCE_ELEMENTS", "ENUMS", "INTERNATIONAL_DESIGNATOR", "OBJECT", "RELATIVE"]

SIX = 6
COVARIANCE_AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT", "DRG", "SRP", "THR")
COVARIANCE_ELEMENTS = tuple(
    (f"C{row_axis}_{column_axis}", row, column)
    for row, row_axis in enumerate(COVARIANCE_AXES)
    for column, column_axis in enumerate(COVARIANCE_AXES[: row + 1])
)
"""Keyword, row and column of the lower triangle, in the order of the table."""


def _covariance_unit(row: int, column: int) -> str:
    if row < SIX:
        return ("m**2", "m**2/s", "m**2/s**2")[(row > 2) + (column > 2)]
    if row < 8:
        return "m**3/kg" if column < 3 else "m**3/(kg*s)" if column < 6 else "m**4/kg**2"
    if column < 3:
        return "m**2/s**2"
    return "m**2/s**3" if column < 6 else "m**3/(kg*s**2)" if column < 8 else "m**2/s**4"


RELATIVE: KeywordTable = keyword_table(
    (
        "header",
        """
        CCSDS_CDM_VERS M
        CREATION_DATE M
        ORIGINATOR M
        MESSAGE_FOR O
        MESSAGE_ID M
        """,
    ),
    (
        "relative",
        """
        TCA M
        MISS_DISTANCE M m
        RELATIVE_SPEED O m/s
        RELATIVE_POSITION_R O m
        RELATIVE_POSITION_T O m
        RELATIVE_POSITION_N O m
        RELATIVE_VELOCITY_R O m/s
        RELATIVE_VELOCITY_T O m/s
        RELATIVE_VELOCITY_N O m/s
        START_SCREEN_PERIOD O
        STOP_SCREEN_PERIOD O
        SCREEN_VOLUME_FRAME O
        SCREEN_VOLUME_SHAPE O
        SCREEN_VOLUME_X O m
        SCREEN_VOLUME_Y O m
        SCREEN_VOLUME_Z O m
        SCREEN_ENTRY_TIME O
        SCREEN_EXIT_TIME O
        COLLISION_PROBABILITY O
        COLLISION_PROBABILITY_METHOD O
        """,
    ),
)

OBJECT: KeywordTable = keyword_table(
    (
        "metadata",
        """
        OBJECT M
        OBJECT_DESIGNATOR M
        CATALOG_NAME M
        OBJECT_NAME M
        INTERNATIONAL_DESIGNATOR M
        OBJECT_TYPE O
        OPERATOR_CONTACT_POSITION O
        OPERATOR_ORGANIZATION O
        OPERATOR_PHONE O
        OPERATOR_EMAIL O
        EPHEMERIS_NAME M
        COVARIANCE_METHOD M
        MANEUVERABLE M
        ORBIT_CENTER O
        REF_FRAME M
        GRAVITY_MODEL O
        ATMOSPHERIC_MODEL O
        N_BODY_PERTURBATIONS O
        SOLAR_RAD_PRESSURE O
        EARTH_TIDES O
        INTRACK_THRUST O
        """,
    ),
    (
        "od",
        """
        TIME_LASTOB_START O
        TIME_LASTOB_END O
        RECOMMENDED_OD_SPAN O d
        ACTUAL_OD_SPAN O d
        OBS_AVAILABLE O
        OBS_USED O
        TRACKS_AVAILABLE O
        TRACKS_USED O
        RESIDUALS_ACCEPTED O %
        WEIGHTED_RMS O
        """,
    ),
    (
        "additional",
        """
        AREA_PC O m**2
        AREA_DRG O m**2
        AREA_SRP O m**2
        MASS O kg
        CD_AREA_OVER_MASS O m**2/kg
        CR_AREA_OVER_MASS O m**2/kg
        THRUST_ACCELERATION O m/s**2
        SEDR O W/kg
        """,
    ),
    (
        "state",
        """
        X M km
        Y M km
        Z M km
        X_DOT M km/s
        Y_DOT M km/s
        Z_DOT M km/s
        """,
    ),
    (
        "covariance",
        "\n".join(
            f"{name} {'M' if row < SIX else 'O'} {_covariance_unit(row, column)}"
            for name, row, column in COVARIANCE_ELEMENTS
        ),
    ),
)

YES_NO = ("YES", "NO")
ENUMS: dict[str, tuple[str, ...]] = {
    "OBJECT": ("OBJECT1", "OBJECT2"),
    "OBJECT_TYPE": ("PAYLOAD", "ROCKET BODY", "DEBRIS", "UNKNOWN", "OTHER"),
    "COVARIANCE_METHOD": ("CALCULATED", "DEFAULT"),
    "MANEUVERABLE": ("YES", "NO", "N/A"),
    "SOLAR_RAD_PRESSURE": YES_NO,
    "EARTH_TIDES": YES_NO,
    "INTRACK_THRUST": YES_NO,
    "SCREEN_VOLUME_FRAME": ("RTN", "TVN"),
    "SCREEN_VOLUME_SHAPE": ("ELLIPSOID", "BOX"),
}
INTERNATIONAL_DESIGNATOR = re.compile(r"(?:[0-9]{4}-[0-9]{3}[A-Z]{1,3}|UNKNOWN)\Z")
