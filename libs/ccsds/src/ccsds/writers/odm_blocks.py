"""Blocks that OPM and OMM share, to KVN."""

from __future__ import annotations

import numpy as np

from ccsds.errors import CannotWrite
from ccsds.messages.orbit_parts import OdmHeader, SpacecraftParameters, StateCovariance, UserDefined
from ccsds.tables.keyword import KeywordTable
from ccsds.tables.state_covariance import COVARIANCE_ELEMENTS
from ccsds.writers.kvn_lines import KvnText

__all__ = ["KvnValue", "write_block", "write_covariance", "write_header", "write_spacecraft", "write_user_defined"]

KvnValue = str | float | np.datetime64 | None
SHAPE = (6, 6)


def write_block(text: KvnText, table: KeywordTable, values: dict[str, KvnValue], comments: tuple[str, ...]) -> None:
    """Write comments, then assignments with the units of the table."""
    text.comments(comments)
    for keyword, value in values.items():
        text.value(keyword, value, table[keyword].unit)


def write_header(text: KvnText, header: OdmHeader, version_keyword: str) -> None:
    """Write the header, with the user-defined parameters that a maneuver notification has there."""
    text.value(version_keyword, header.version)
    text.comments(header.comments)
    text.value("CLASSIFICATION", header.classification)
    text.value("CREATION_DATE", header.creation_date)
    text.value("ORIGINATOR", header.originator)
    text.value("MESSAGE_ID", header.message_id)
    write_user_defined(text, header.user_defined)


def write_spacecraft(text: KvnText, table: KeywordTable, spacecraft: SpacecraftParameters | None) -> None:
    """Write the spacecraft parameters, if there are any."""
    if spacecraft is None:
        return
    values: dict[str, KvnValue] = {
        "MASS": spacecraft.mass_kg,
        "SOLAR_RAD_AREA": spacecraft.solar_rad_area_m2,
        "SOLAR_RAD_COEFF": spacecraft.solar_rad_coeff,
        "DRAG_AREA": spacecraft.drag_area_m2,
        "DRAG_COEFF": spacecraft.drag_coeff,
    }
    write_block(text, table, values, spacecraft.comments)


def write_covariance(text: KvnText, table: KeywordTable, covariance: StateCovariance | None) -> None:
    """Write the lower triangle, if there is one.

    Raises
    ------
    CannotWrite
        The matrix has another shape than (6, 6).
    """
    if covariance is None:
        return
    if covariance.matrix.shape != SHAPE:
        raise CannotWrite(f"a covariance has shape (6, 6), not {covariance.matrix.shape}")
    values = covariance.matrix.tolist()
    elements: dict[str, KvnValue] = {name: values[row][column] for name, row, column in COVARIANCE_ELEMENTS}
    write_block(text, table, {"COV_REF_FRAME": covariance.ref_frame, **elements}, covariance.comments)


def write_user_defined(text: KvnText, parameters: UserDefined, comments: tuple[str, ...] = ()) -> None:
    """Write user-defined parameters."""
    text.comments(comments)
    for name, value in parameters:
        text.value(f"USER_DEFINED_{name}", value)
