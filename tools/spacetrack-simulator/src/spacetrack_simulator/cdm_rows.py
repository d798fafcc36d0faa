"""Conjunction data messages as rows of `cdm` and `cdm_public`: every value text, units and comments in columns."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from astrodynamics import encounter, timescales
from ccsds import Cdm, CdmHeader, CdmMetadata, CdmObject, CdmRelative
from spacetrack_simulator.classes.cdm_columns import CDM_COLUMNS, COVARIANCE_COLUMNS, STATE_COLUMNS, column_unit

__all__ = ["cdm_from_states", "public_row", "row_from_cdm"]

Floats = npt.NDArray[np.float64]

_NAMES: Final = frozenset(column.name for column in CDM_COLUMNS)
_OBJECT_COMMENTS: Final = {
    "Screened with": "COMMENT_SCREENING_DATA_SOURCE",
    "Screening Data Source": "COMMENT_SCREENING_DATA_SOURCE",
    "Covariance Scale Factor": "COMMENT_COVARIANCE_SCALE_FACTOR",
    "Exclusion Volume Radius": "COMMENT_EXCLUSION_VOLUME_RADIUS",
    "Apogee": "COMMENT_APOGEE",
    "Perigee": "COMMENT_PERIGEE",
    "Inclination": "COMMENT_INCLINATION",
    "Operator Hard Body Radius": "COMMENT_OPERATOR_HARD_BODY_RADIUS",
}
_DIRECTORY: Final = (
    "https://www.space-track.org/expandedspacedata/query/class/organization/object/~~{number}"
    "/orderby/ORG_NAME,INFO_ID/format/html/emptyresult/show/"
)


def row_from_cdm(cdm: Cdm) -> dict[str, str]:
    """Spread a message over the columns; CDM_ID, GID, CONSTELLATION and INSERT_EPOCH are the site's to give."""
    header, relative = cdm.header, cdm.relative
    row: dict[str, str | None] = {
        "CCSDS_CDM_VERS": header.version,
        "CREATION_DATE": _time(header.creation_date),
        "ORIGINATOR": header.originator,
        "MESSAGE_FOR": header.message_for,
        "MESSAGE_ID": header.message_id,
        "FILENAME": f"{header.message_id}.cdm",
        "COMMENT_EMERGENCY_REPORTABLE": "Y" if any("EMERGENCY" in text.upper() for text in header.comments) else "N",
        "TCA": _time(relative.tca),
        "MISS_DISTANCE": _number(relative.miss_distance_m),
        "RELATIVE_SPEED": _number(relative.relative_speed_m_s),
        "COLLISION_PROBABILITY": _number(relative.collision_probability),
        "COLLISION_PROBABILITY_METHOD": relative.collision_probability_method,
        "COMMENT_SCREENING_OPTION": _comment(relative.comments, "Screening Option"),
        "COMMENT_EFFECTIVE_HBR": _comment(relative.comments, "Effective HBR"),
    }
    for what, vector in (
        ("POSITION", relative.relative_position_rtn_m),
        ("VELOCITY", relative.relative_velocity_rtn_m_s),
    ):
        for place, axis in enumerate("RTN"):
            row[f"RELATIVE_{what}_{axis}"] = None if vector is None else _number(float(vector[place]))
    for ordinal, body in enumerate(cdm.objects, start=1):
        row.update({f"SAT{ordinal}_{name}": value for name, value in _object(ordinal, body, cdm).items()})
    written = {name: value for name, value in row.items() if value is not None}
    units = {f"{name}_UNIT": column_unit(name) for name in written if f"{name}_UNIT" in _NAMES}
    return written | units


def _object(ordinal: int, body: CdmObject, cdm: Cdm) -> dict[str, str | None]:
    metadata = body.metadata
    number = metadata.object_designator
    values: dict[str, str | None] = {
        "OBJECT": f"OBJECT{ordinal}",
        "OBJECT_DESIGNATOR": number,
        "OPERATOR_CONTACT_POSITION": _DIRECTORY.format(number=number),
        "OPERATOR_PHONE": _DIRECTORY.format(number=number),
        "OPERATOR_EMAIL": _DIRECTORY.format(number=number),
    }
    for part in (metadata, body.od, body.additional):
        for name in part.__dataclass_fields__:
            column = name.upper()
            value = getattr(part, name)
            if f"SAT1_{column}" not in _NAMES or values.get(column) is not None or value is None:
                continue
            values[column] = _time(value) if isinstance(value, np.datetime64) else _text(value)
    comments = (*metadata.comments, *body.od.comments, *body.additional.comments, *body.state_comments)
    comments += tuple(
        text.replace(f"OBJECT{ordinal} ", "") for text in cdm.relative.comments if f"OBJECT{ordinal} " in text
    )
    for start, column in _OBJECT_COMMENTS.items():
        values[column] = values.get(column) or _comment(comments, start)
    state = (*body.position_km.tolist(), *body.velocity_km_s.tolist())
    values.update(zip(STATE_COLUMNS, map(_number, state), strict=True))
    if body.covariance_rtn_m2 is not None:
        values.update(_covariance(body.covariance_rtn_m2))
    return values


def _covariance(matrix: Floats) -> dict[str, str | None]:
    values: dict[str, str | None] = {}
    place = 0
    for row in range(8):
        for column in range(row + 1):
            if row < len(matrix) and not np.isnan(matrix[row, column]):
                values[COVARIANCE_COLUMNS[place]] = _number(float(matrix[row, column]))
            place += 1
    return values


def public_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row of `cdm_public` that goes with a row of `cdm`: miss distance in metres, no states."""
    public: dict[str, Any] = {
        "CDM_ID": row["CDM_ID"],
        "CREATED": row["CREATION_DATE"],
        "EMERGENCY_REPORTABLE": row.get("COMMENT_EMERGENCY_REPORTABLE") or "N",
        "TCA": row["TCA"],
        "MIN_RNG": str(round(float(row["MISS_DISTANCE"]))),
        "PC": row.get("COLLISION_PROBABILITY"),
    }
    for ordinal in (1, 2):
        source = f"SAT{ordinal}_"
        radius = re.search(r"[\d.]+", str(row.get(f"{source}COMMENT_EXCLUSION_VOLUME_RADIUS") or ""))
        public |= {
            f"SAT_{ordinal}_ID": row.get(f"{source}OBJECT_DESIGNATOR"),
            f"SAT_{ordinal}_NAME": row.get(f"{source}OBJECT_NAME"),
            f"SAT{ordinal}_OBJECT_TYPE": row.get(f"{source}OBJECT_TYPE"),
            f"SAT{ordinal}_RCS": "MEDIUM",
            f"SAT_{ordinal}_EXCL_VOL": f"{float(radius[0]):.2f}" if radius else "5.00",
        }
    return public


def cdm_from_states(
    *,
    norad_cat_ids: tuple[int, int],
    tca: datetime,
    creation_date: datetime,
    positions_km: tuple[Floats, Floats],
    velocities_km_s: tuple[Floats, Floats],
    covariances_rtn_m2: tuple[Floats | None, Floats | None] = (None, None),
    collision_probability: float | None = None,
    message_for: str = "OPERATOR",
    message_id: str | None = None,
    ephemeris_names: tuple[str, str] = ("NONE", "NONE"),
    object_names: tuple[str, str] | None = None,
    originator: str = "CSPOC",
    emergency: bool = False,
) -> Cdm:
    """Make a valid message from two states at closest approach, EME2000; objects as in CDM_ID order of the caller."""
    names = object_names or (f"OBJECT {norad_cat_ids[0]}", f"OBJECT {norad_cat_ids[1]}")
    position_km, velocity_km_s = encounter.relative_rtn(
        positions_km[0], velocities_km_s[0], positions_km[1], velocities_km_s[1]
    )
    first, second = norad_cat_ids
    stamp = creation_date.strftime("%Y%j%H%M%S")
    return Cdm(
        header=CdmHeader(
            creation_date=_datetime64(creation_date),
            originator=originator,
            message_for=message_for,
            message_id=message_id or f"{first:09d}_conj_{second:09d}_{tca:%Y%j%H%M%S}_{stamp}",
            comments=("MEETS EMERGENCY CRITERIA",) if emergency else (),
        ),
        relative=CdmRelative(
            comments=("Screening Option = Covariance",),
            tca=_datetime64(tca),
            miss_distance_m=round(float(np.linalg.norm(position_km)) * 1e3, 3),
            relative_speed_m_s=round(float(np.linalg.norm(velocity_km_s)) * 1e3, 6),
            relative_position_rtn_m=np.round(position_km * 1e3, 3),
            relative_velocity_rtn_m_s=np.round(velocity_km_s * 1e3, 6),
            collision_probability=collision_probability,
            collision_probability_method=None if collision_probability is None else "FOSTER-1992",
        ),
        objects=tuple(  # type: ignore[arg-type]
            CdmObject(
                metadata=CdmMetadata(
                    object_designator=str(norad_cat_ids[side]),
                    object_name=names[side],
                    object_type="PAYLOAD",
                    ephemeris_name=ephemeris_names[side],
                    covariance_method="DEFAULT" if covariances_rtn_m2[side] is None else "CALCULATED",
                    maneuverable="N/A",
                    ref_frame="EME2000",
                ),
                position_km=positions_km[side],
                velocity_km_s=velocities_km_s[side],
                state_comments=("Exclusion Volume Radius = 5.000000 [m]", "Operator Hard Body Radius = 0.00 [m]"),
                covariance_rtn_m2=covariances_rtn_m2[side],
            )
            for side in (0, 1)
        ),
    )


def _datetime64(moment: datetime) -> np.datetime64:
    return np.atleast_1d(timescales.from_tai_ns(np.array([timescales.from_datetime(moment)]), "UTC"))[0]  # type: ignore[no-any-return]


def _time(moment: np.datetime64) -> str:
    return str(np.datetime_as_string(moment, unit="us")).replace("T", " ")


def _text(value: object) -> str | None:
    return _number(value) if isinstance(value, int | float) else str(value)


def _number(value: float | None) -> str | None:
    return None if value is None else repr(value)


def _comment(comments: tuple[str, ...], start: str) -> str | None:
    return next((text for text in comments if text.upper().startswith(start.upper())), None)
