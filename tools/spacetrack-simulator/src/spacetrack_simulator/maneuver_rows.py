"""A maneuver notification as a row of `maneuver`."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from spacetrack_simulator.clock import sql_time

__all__ = ["maneuver_row"]


def maneuver_row(fields: Mapping[str, str], file_name: str, now: datetime) -> dict[str, Any]:
    """Read what the class shows from the fields of an OPM; the site names the file anew."""
    number = int(fields["USER_DEFINED_NORAD_CAT_ID"]) if fields["USER_DEFINED_NORAD_CAT_ID"].isdigit() else None
    released = fields.get("USER_DEFINED_RELEASABILITY", "PRIVATE").upper()
    classification = fields.get("USER_DEFINED_CLASSIFICATION", "UNCLASSIFIED")
    increments = [_number(fields.get(f"MAN_DV_{axis}")) for axis in (1, 2, 3)]
    overall = _number(fields.get("USER_DEFINED_DV_OVERALL"))
    if overall is None and None not in increments:
        overall = math.hypot(*(value for value in increments if value is not None))
    return {
        "USER_DEFINED_RELEASABILITY": released,
        "USER_DEFINED_CLASSIFICATION": classification,
        "USER_DEFINED_FILENAME": file_name,
        "USER_DEFINED_NORAD_CAT_ID": number,
        "JSPOC_DEFINED_FILENAME": f"{released}_{number}_{fields['ORIGINATOR']}_{now:%Y%j%H%M%S}_{classification}.opm",
        "JSPOC_NORAD_CAT_ID": number,
        "INSERT_EPOCH": sql_time(now),
        "CCSDS_OPM_VERS": fields["CCSDS_OPM_VERS"],
        "CREATION_DATE": fields["CREATION_DATE"],
        "ORIGINATOR": fields["ORIGINATOR"],
        "OBJECT_NAME": fields["OBJECT_NAME"],
        "OBJECT_ID": fields["OBJECT_ID"],
        "USER_DEFINED_MAN_ID": fields.get("USER_DEFINED_MAN_ID"),
        "USER_DEFINED_MAN_STATUS": fields["USER_DEFINED_MAN_STATUS"],
        "USER_DEFINED_MAN_PURPOSE": fields["USER_DEFINED_MAN_PURPOSE"],
        "MANEUVER_EPOCH": fields["MAN_EPOCH_IGNITION"],
        "MANEUVER_REASON": fields["USER_DEFINED_MAN_PURPOSE"],
        "MANEUVER_TYPE": "IMPULSIVE" if _number(fields["MAN_DURATION"]) == 0.0 else "FINITE",
        "MANEUVER_DURATION": fields["MAN_DURATION"],
        "MANEUVER_DURATION_UNIT": "s",
        "DELTA_V": None if overall is None else repr(overall),
        "DELTA_V_UNIT": "km/s",
        **{f"DELTA_V_VECTOR_{axis}": fields[f"MAN_DV_{place}"] for place, axis in enumerate("XYZ", start=1)},
    }


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
