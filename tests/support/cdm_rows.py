"""Rows of Space-Track's class `cdm`: flat objects of text or null, as the site answers them.

The names of the columns are facts of the site; what they hold here is made of a CDM of our own.
"""

from __future__ import annotations

import numpy as np

import ccsds

__all__ = ["space_track_row"]

STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
UNITS = ("m**2", "m**2/s", "m**2/s**2")


def space_track_row(cdm: ccsds.Cdm, **changes: str | None) -> dict[str, str | None]:
    """The row of a CDM; numbers are text, units stand in columns of their own, absent values are null."""
    relative = cdm.relative
    row: dict[str, str | None] = {
        "CONSTELLATION": "TESTSAT",
        "CDM_ID": "406111525",
        "FILENAME": "000012345_conj_000030337_1.xml",
        "INSERT_EPOCH": "2026-01-01 00:10:00.000000",
        "CCSDS_CDM_VERS": "1.0",
        "CREATION_DATE": "2026-01-01 00:00:00.000000",
        "ORIGINATOR": "CSpOC",
        "MESSAGE_FOR": "TESTSAT",
        "MESSAGE_ID": cdm.header.message_id,
        "COMMENT_EMERGENCY_REPORTABLE": "Y",
        "TCA": "2026-01-02T12:00:00.000000",
        "MISS_DISTANCE": "1000",
        "MISS_DISTANCE_UNIT": "m",
        "RELATIVE_SPEED": "14000",
        "RELATIVE_SPEED_UNIT": "m/s",
        "COMMENT_SCREENING_OPTION": "Screening Option = Covariance",
        "COLLISION_PROBABILITY": "1.25E-06",
        "COLLISION_PROBABILITY_METHOD": relative.collision_probability_method,
        "GID": "1234",
    }
    assert relative.relative_position_rtn_m is not None
    assert relative.relative_velocity_rtn_m_s is not None
    for axis, position, velocity in zip(
        "RTN", relative.relative_position_rtn_m, relative.relative_velocity_rtn_m_s, strict=True
    ):
        row |= {f"RELATIVE_POSITION_{axis}": f"{position:.1f}", f"RELATIVE_POSITION_{axis}_UNIT": "m"}
        row |= {f"RELATIVE_VELOCITY_{axis}": f"{velocity:.1f}", f"RELATIVE_VELOCITY_{axis}_UNIT": "m/s"}
    for number, body in enumerate(cdm.objects, start=1):
        row |= {f"SAT{number}_{name}": value for name, value in _object(number, body).items()}
    return row | changes


def _object(number: int, body: ccsds.CdmObject) -> dict[str, str | None]:
    data = body.metadata
    row: dict[str, str | None] = {
        "OBJECT": f"OBJECT{number}",
        "OBJECT_DESIGNATOR": data.object_designator,
        "CATALOG_NAME": data.catalog_name,
        "OBJECT_NAME": data.object_name,
        "INTERNATIONAL_DESIGNATOR": data.international_designator,
        "OBJECT_TYPE": "PAYLOAD",
        "OPERATOR_ORGANIZATION": None,
        "EPHEMERIS_NAME": data.ephemeris_name,
        "COVARIANCE_METHOD": data.covariance_method,
        "MANEUVERABLE": data.maneuverable,
        "REF_FRAME": data.ref_frame,
        "COMMENT_COVARIANCE_SCALE_FACTOR": "Covariance Scale Factor = 1.000000",
        "COMMENT_EXCLUSION_VOLUME_RADIUS": "Exclusion Volume Radius = 5.00 [m]",
        "TIME_LASTOB_START": "2025-12-31 00:00:00",
        "TIME_LASTOB_START_FRACTION": "0",
        "TIME_LASTOB_END": "2025-12-31 12:00:00",
        "TIME_LASTOB_END_FRACTION": "250000",
        "OBS_USED": "17",
        "COMMENT_APOGEE": "Apogee Altitude = 500   [km]",
        "AREA_PC": "4.5",
        "AREA_PC_UNIT": "m**2",
        "COMMENT_DCP_DENSITY_FORECAST_UNCERTAINTY": None,
    }
    for name, value in zip(STATE, (*body.position_km, *body.velocity_km_s), strict=True):
        row |= {name: f"{value:.9f}", f"{name}_UNIT": "km/s" if name.endswith("DOT") else "km"}
    matrix = np.zeros((6, 6)) if body.covariance_rtn_m2 is None else body.covariance_rtn_m2
    for i, first in enumerate(AXES):
        for j, second in enumerate(AXES[: i + 1]):
            name = f"C{first}_{second}"
            row |= {name: repr(float(matrix[i, j])), f"{name}_UNIT": UNITS[(i > 2) + (j > 2)]}
    return row
