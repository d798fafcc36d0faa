"""Rows of class `cdm` as the messages that they are: CCSDS 508.0-B-1 in KVN and XML, comments by handbook annex C."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from spacetrack_simulator.classes.cdm_columns import COVARIANCE_COLUMNS
from spacetrack_simulator.rendering.values import WrittenRow

__all__ = ["cdm_kvn", "cdm_xml"]

Entry = tuple[str, str, str]
"""Keyword, value, unit; keyword `COMMENT` for a comment."""

_HEADER = ("CREATION_DATE", "ORIGINATOR", "MESSAGE_FOR", "MESSAGE_ID")
_RELATIVE = ("TCA", "MISS_DISTANCE", "RELATIVE_SPEED")
_VECTORS = tuple(f"RELATIVE_{what}_{axis}" for what in ("POSITION", "VELOCITY") for axis in "RTN")
_PROBABILITY = ("COLLISION_PROBABILITY", "COLLISION_PROBABILITY_METHOD")
_METADATA = [
    "OBJECT",
    "OBJECT_DESIGNATOR",
    "CATALOG_NAME",
    "OBJECT_NAME",
    "INTERNATIONAL_DESIGNATOR",
    "OBJECT_TYPE",
    "OPERATOR_CONTACT_POSITION",
    "OPERATOR_ORGANIZATION",
    "OPERATOR_PHONE",
    "OPERATOR_EMAIL",
    "EPHEMERIS_NAME",
    "COVARIANCE_METHOD",
    "MANEUVERABLE",
    "REF_FRAME",
    "GRAVITY_MODEL",
    "ATMOSPHERIC_MODEL",
    "N_BODY_PERTURBATIONS",
    "SOLAR_RAD_PRESSURE",
    "EARTH_TIDES",
    "INTRACK_THRUST",
]
_OD = [
    "TIME_LASTOB_START",
    "TIME_LASTOB_END",
    "RECOMMENDED_OD_SPAN",
    "ACTUAL_OD_SPAN",
    "OBS_AVAILABLE",
    "OBS_USED",
    "TRACKS_AVAILABLE",
    "TRACKS_USED",
    "RESIDUALS_ACCEPTED",
    "WEIGHTED_RMS",
]
_ADDITIONAL = ("AREA_PC", "CD_AREA_OVER_MASS", "CR_AREA_OVER_MASS", "THRUST_ACCELERATION", "SEDR")
_STATE = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
_OD_COMMENTS = ("COMMENT_COVARIANCE_SCALE_FACTOR", "COMMENT_EXCLUSION_VOLUME_RADIUS")
_ADDITIONAL_COMMENTS = (
    "COMMENT_APOGEE",
    "COMMENT_PERIGEE",
    "COMMENT_INCLINATION",
    "COMMENT_OPERATOR_HARD_BODY_RADIUS",
)
_STATE_COMMENTS = (
    "COMMENT_DCP_DENSITY_FORECAST_UNCERTAINTY",
    "COMMENT_DCP_SENSITIVITY_VECTOR_POSITION",
    "COMMENT_DCP_SENSITIVITY_VECTOR_VELOCITY",
)


def cdm_kvn(row: WrittenRow) -> list[str]:
    """Lines of one message, an empty one at its end."""
    sections = _sections(row)
    lines = [_line(("CCSDS_CDM_VERS", row.get("CCSDS_CDM_VERS") or "1.0", ""))]
    lines += [_line(entry) for _, entries in sections for entry in entries]
    return [*lines, ""]


def cdm_xml(rows: Sequence[WrittenRow]) -> str:
    """One document for one message, else an `ndm` that holds them."""
    bodies = [_xml_message(row) for row in rows]
    joined = bodies[0] if len(bodies) == 1 else f"<ndm>{''.join(bodies)}</ndm>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{joined}\n'


def _sections(row: WrittenRow) -> list[tuple[str, list[Entry]]]:
    """Give the entries of the message, section by section, in the order of the standard."""
    emergency = [("COMMENT", "EMERGENCY REPORTABLE", "")] if row.get("COMMENT_EMERGENCY_REPORTABLE") == "Y" else []
    header = [*_comments(row, {"CDM_ID": "CDM_ID:"}), *emergency, *_entries(row, _HEADER)]
    relative = [
        *_comments(row, {"COMMENT_SCREENING_OPTION": "", "COMMENT_EFFECTIVE_HBR": ""}),
        *_entries(row, (*_RELATIVE, *_VECTORS, *_PROBABILITY)),
    ]
    found = [("header", header), ("relativeMetadataData", relative)]
    for prefix in ("SAT1_", "SAT2_"):
        found += [
            (
                "metadata",
                [*_comments(row, {"COMMENT_SCREENING_DATA_SOURCE": ""}, prefix), *_entries(row, _METADATA, prefix)],
            ),
            ("odParameters", [*_comments(row, dict.fromkeys(_OD_COMMENTS, ""), prefix), *_entries(row, _OD, prefix)]),
            (
                "additionalParameters",
                [*_comments(row, dict.fromkeys(_ADDITIONAL_COMMENTS, ""), prefix), *_entries(row, _ADDITIONAL, prefix)],
            ),
            ("stateVector", _entries(row, _STATE, prefix)),
            (
                "covarianceMatrix",
                [
                    *_comments(row, dict.fromkeys(_STATE_COMMENTS, ""), prefix),
                    *_entries(row, COVARIANCE_COLUMNS, prefix),
                ],
            ),
        ]
    return found


def _comments(row: WrittenRow, columns: dict[str, str], prefix: str = "") -> list[Entry]:
    return [
        ("COMMENT", f"{lead}{row[prefix + name]}", "")
        for name, lead in columns.items()
        if row.get(prefix + name) is not None
    ]


def _entries(row: WrittenRow, names: Sequence[str], prefix: str = "") -> list[Entry]:
    return [
        (name, str(row[prefix + name]).replace(" ", "T") if name in _TIMES else str(row[prefix + name]), unit)
        for name in names
        if row.get(prefix + name) is not None
        for unit in [row.get(f"{prefix}{name}_UNIT") or ""]
    ]


_TIMES = {"CREATION_DATE", "TCA", "TIME_LASTOB_START", "TIME_LASTOB_END"}


def _line(entry: Entry) -> str:
    keyword, value, unit = entry
    if keyword == "COMMENT":
        return f"COMMENT {value}"
    return f"{keyword:<33}= {value}" + (f" [{unit}]" if unit else "")


def _xml_message(row: WrittenRow) -> str:
    sections = _sections(row)
    version = row.get("CCSDS_CDM_VERS") or "1.0"
    header, relative, *objects = [f"<{name}>{''.join(_elements(entries))}</{name}>" for name, entries in sections]
    half = len(objects) // 2
    segments = "".join(
        f"<segment>{part[0]}<data>{''.join(part[1:])}</data></segment>" for part in (objects[:half], objects[half:])
    )
    relative = _nested(relative)
    return f'<cdm id="CCSDS_CDM_VERS" version="{version}">{header}<body>{relative}{segments}</body></cdm>'


def _nested(relative: str) -> str:
    """Put the six components into the element that the schema has for them."""
    first = relative.find("<RELATIVE_POSITION_R")
    last = relative.find("</RELATIVE_VELOCITY_N>")
    if first < 0 or last < 0:
        return relative
    last += len("</RELATIVE_VELOCITY_N>")
    return f"{relative[:first]}<relativeStateVector>{relative[first:last]}</relativeStateVector>{relative[last:]}"


def _elements(entries: Sequence[Entry]) -> Iterator[str]:
    for keyword, value, unit in entries:
        units = f' units="{escape(unit)}"' if unit else ""
        yield f"<{keyword}{units}>{escape(value)}</{keyword}>"
