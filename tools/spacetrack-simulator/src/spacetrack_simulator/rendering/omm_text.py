"""Rows of class `gp` as orbit mean-elements messages in KVN."""

from spacetrack_simulator.rendering.values import WrittenRow

__all__ = ["omm_kvn"]

KEYWORDS = [
    "CCSDS_OMM_VERS",
    "COMMENT",
    "CREATION_DATE",
    "ORIGINATOR",
    "OBJECT_NAME",
    "OBJECT_ID",
    "CENTER_NAME",
    "REF_FRAME",
    "TIME_SYSTEM",
    "MEAN_ELEMENT_THEORY",
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
]


def omm_kvn(row: WrittenRow) -> list[str]:
    """Lines of one message, an empty one at its end."""
    lines = []
    for keyword in KEYWORDS:
        value = row.get(keyword)
        if value is not None:
            lines.append(f"COMMENT {value}" if keyword == "COMMENT" else f"{keyword:<20}= {value}")
    return [*lines, ""]
