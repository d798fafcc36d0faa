"""A catalogue of mean elements as rows of `gp` and `satcat`."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import numpy as np

import ccsds
from ccsds import ElementSets

__all__ = ["gp_rows", "satcat_rows"]

_EARTH_RADIUS_KM: Final = 6378.137
_MU_KM3_S2: Final = 398600.4418
_MINUTES_A_DAY: Final = 1440.0


def gp_rows(sets: ElementSets, first_id: int) -> Iterator[dict[str, Any]]:
    """Rows of `gp`, numbered from an id upward."""
    lines = _lines(sets)
    for row in range(len(sets)):
        motion = float(sets.mean_motion_rev_day[row])
        axis_km = (_MU_KM3_S2 * (86400.0 / motion / (2 * np.pi)) ** 2) ** (1 / 3)
        eccentricity = float(sets.eccentricity[row])
        epoch = str(np.datetime_as_string(sets.epoch[row], unit="us")).replace("T", " ")
        yield {
            "CCSDS_OMM_VERS": "3.0",
            "COMMENT": "GENERATED VIA SPACE-TRACK.ORG API",
            "CREATION_DATE": epoch,
            "ORIGINATOR": "18 SPCS",
            "OBJECT_NAME": sets.object_name[row] or "UNKNOWN",
            "OBJECT_ID": sets.object_id[row] or None,
            "CENTER_NAME": "EARTH",
            "REF_FRAME": "TEME",
            "TIME_SYSTEM": "UTC",
            "MEAN_ELEMENT_THEORY": "SGP4",
            "EPOCH": epoch,
            "MEAN_MOTION": f"{motion:.8f}",
            "ECCENTRICITY": f"{eccentricity:.8f}",
            "INCLINATION": f"{float(sets.inclination_deg[row]):.4f}",
            "RA_OF_ASC_NODE": f"{float(sets.ra_of_asc_node_deg[row]):.4f}",
            "ARG_OF_PERICENTER": f"{float(sets.arg_of_pericenter_deg[row]):.4f}",
            "MEAN_ANOMALY": f"{float(sets.mean_anomaly_deg[row]):.4f}",
            "EPHEMERIS_TYPE": int(sets.ephemeris_type[row]),
            "CLASSIFICATION_TYPE": str(sets.classification[row]) or "U",
            "NORAD_CAT_ID": int(sets.norad_cat_id[row]),
            "ELEMENT_SET_NO": int(sets.element_set_no[row]),
            "REV_AT_EPOCH": int(sets.rev_at_epoch[row]),
            "BSTAR": f"{float(sets.bstar[row]):.14f}",
            "MEAN_MOTION_DOT": f"{float(sets.mean_motion_dot[row]):.8f}",
            "MEAN_MOTION_DDOT": f"{float(sets.mean_motion_ddot[row]):.13f}",
            "SEMIMAJOR_AXIS": f"{axis_km:.3f}",
            "PERIOD": f"{_MINUTES_A_DAY / motion:.3f}",
            "APOAPSIS": f"{axis_km * (1 + eccentricity) - _EARTH_RADIUS_KM:.3f}",
            "PERIAPSIS": f"{axis_km * (1 - eccentricity) - _EARTH_RADIUS_KM:.3f}",
            "OBJECT_TYPE": _kind(sets.object_name[row]),
            "GP_ID": first_id + row,
            "TLE_LINE0": f"0 {sets.object_name[row]}"[:27],
            "TLE_LINE1": lines[2 * row] if lines else None,
            "TLE_LINE2": lines[2 * row + 1] if lines else None,
        }


def satcat_rows(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows of `satcat` for rows of `gp`: what mean elements know of it."""
    for gp in rows:
        number = gp["NORAD_CAT_ID"]
        yield {
            "INTLDES": gp["OBJECT_ID"],
            "NORAD_CAT_ID": number,
            "OBJECT_TYPE": gp["OBJECT_TYPE"],
            "SATNAME": gp["OBJECT_NAME"],
            "PERIOD": f"{float(gp['PERIOD']):.2f}",
            "INCLINATION": f"{float(gp['INCLINATION']):.2f}",
            "APOGEE": round(float(gp["APOAPSIS"])),
            "PERIGEE": round(float(gp["PERIAPSIS"])),
            "RCSVALUE": 0,
            "CURRENT": "Y",
            "OBJECT_NAME": gp["OBJECT_NAME"],
            "OBJECT_ID": gp["OBJECT_ID"],
            "OBJECT_NUMBER": number,
        }


def _lines(sets: ElementSets) -> list[str] | None:
    """Both lines of each object, without names; None where a number does not fit."""
    if not _fits_lines(sets):
        return None
    return [line for line in ccsds.write(sets, "tle").decode().splitlines() if line[:2] in {"1 ", "2 "}]


def _fits_lines(sets: ElementSets) -> bool:
    """Whether every number fits the two-line form: six digits with a letter in front end at 339999."""
    return bool((sets.norad_cat_id <= 339_999).all())


def _kind(name: str) -> str:
    words = name.upper().split()
    return "DEBRIS" if "DEB" in words else "ROCKET BODY" if "R/B" in words else "PAYLOAD"
