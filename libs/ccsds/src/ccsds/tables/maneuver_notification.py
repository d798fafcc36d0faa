"""Maneuver notifications of 19 SDS: what their user-defined parameters may say (handbook, tables 10, 11 and 16)."""

from __future__ import annotations

import re

__all__ = [
    "CLASSIFICATION",
    "HEADER_PARAMETERS",
    "MANEUVER_ID",
    "MANEUVER_PARAMETERS",
    "MANEUVER_PURPOSES",
    "MANEUVER_STATUSES",
    "METADATA_PARAMETERS",
    "NOTIFICATION_NUMBER",
    "RELEASABILITIES",
]

HEADER_PARAMETERS = ("RELEASABILITY", "CLASSIFICATION")
METADATA_PARAMETERS = ("NORAD_CAT_ID",)
MANEUVER_PARAMETERS = ("MAN_ID", "DV_OVERALL", "EPHEM", "MAN_PURPOSE", "TCA", "MAN_STATUS")
CLASSIFICATION = "UNCLASSIFIED"
RELEASABILITIES = ("PUBLIC", "PRIVATE")
MANEUVER_STATUSES = ("PREDICTED", "DETERMINED", "CANCELLED")
MANEUVER_PURPOSES = {
    "AEROBRAKE": "aerobraking",
    "ATT_ADJUST": "attitude adjustment",
    "COLA": "collision avoidance",
    "DEORBIT": "deorbit",
    "DISPOSAL": "disposal",
    "FLYBY_TARG": "flyby targeting",
    "LEOP": "launch and early orbit",
    "MNVR_CLEANUP": "maneuver clean-up",
    "MASS_ADJUST": "mass adjustment",
    "TRIM": "orbit trim",
    "OTHER": "other",
    "PER_RED": "period reduction",
    "RELOCATION": "relocation",
    "SCI_OBJ": "science objective",
    "SPIN_RATE_ADJUST": "spin rate adjustment",
    "SK": "station-keeping",
    "TRAJ_CORR": "trajectory correction",
}
MANEUVER_ID = re.compile(r"[A-Za-z0-9_-]{1,30}\Z")
NOTIFICATION_NUMBER = re.compile(r"(?:[0-9]{5,6}|[0-9]{9})\Z")
"""Five or nine digits in the handbook; six since the catalogue has passed 99999."""
