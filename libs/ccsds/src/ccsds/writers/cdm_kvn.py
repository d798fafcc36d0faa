"""CDM to KVN."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccsds.errors import CannotWrite
from ccsds.messages.cdm import Cdm, CdmObject, CdmRelative
from ccsds.tables import cdm as tables
from ccsds.writers.kvn_lines import KvnText

__all__ = ["cdm_lines"]

SIZE, FULL_SIZE = 6, 9
AXES = "RTN"


def cdm_lines(cdm: Cdm) -> KvnText:
    """The lines of the message, whatever syntax they are for.

    Raises
    ------
    CannotWrite
        The message lacks a value, or has one that no text stands for.
    """
    text, header = KvnText(), cdm.header
    text.value("CCSDS_CDM_VERS", header.version)
    text.comments(header.comments)
    text.value("CREATION_DATE", header.creation_date)
    text.value("ORIGINATOR", header.originator)
    text.value("MESSAGE_FOR", header.message_for)
    text.value("MESSAGE_ID", header.message_id)
    _write_relative(cdm.relative, text)
    _write_extensions(cdm.extensions, text)
    for number, body in enumerate(cdm.objects, start=1):
        _write_object(number, body, text)
    return text


def _write_relative(data: CdmRelative, text: KvnText) -> None:
    text.comments(data.comments)
    values: dict[str, str | float | np.datetime64 | None] = {
        "TCA": data.tca,
        "MISS_DISTANCE": data.miss_distance_m,
        "RELATIVE_SPEED": data.relative_speed_m_s,
        **_components("RELATIVE_POSITION", data.relative_position_rtn_m),
        **_components("RELATIVE_VELOCITY", data.relative_velocity_rtn_m_s),
        "START_SCREEN_PERIOD": data.start_screen_period,
        "STOP_SCREEN_PERIOD": data.stop_screen_period,
        "SCREEN_VOLUME_FRAME": data.screen_volume_frame,
        "SCREEN_VOLUME_SHAPE": data.screen_volume_shape,
        "SCREEN_VOLUME_X": data.screen_volume_x_m,
        "SCREEN_VOLUME_Y": data.screen_volume_y_m,
        "SCREEN_VOLUME_Z": data.screen_volume_z_m,
        "SCREEN_ENTRY_TIME": data.screen_entry_time,
        "SCREEN_EXIT_TIME": data.screen_exit_time,
        "COLLISION_PROBABILITY": data.collision_probability,
        "COLLISION_PROBABILITY_METHOD": data.collision_probability_method,
    }
    for keyword, value in values.items():
        text.value(keyword, value, tables.RELATIVE[keyword].unit)


def _components(keyword: str, vector: npt.NDArray[np.float64] | None) -> dict[str, float | None]:
    return {f"{keyword}_{axis}": None if vector is None else float(vector[i]) for i, axis in enumerate(AXES)}


def _write_extensions(extensions: tuple[tuple[str, str], ...], text: KvnText) -> None:
    for keyword, value in extensions:
        text.value(keyword, value)


def _write_object(number: int, body: CdmObject, text: KvnText) -> None:
    text.comments(body.metadata.comments)
    text.value("OBJECT", f"OBJECT{number}")
    blocks = {"metadata": body.metadata, "od": body.od, "additional": body.additional}
    for block, part in blocks.items():
        if block != "metadata":
            text.comments(part.comments)  # type: ignore[attr-defined]
        for row in tables.OBJECT.values():
            if row.block == block and row.name != "OBJECT":
                text.value(row.name, getattr(part, row.name.lower()), row.unit)
    text.comments(body.state_comments)
    state = (*body.position_km.tolist(), *body.velocity_km_s.tolist())
    for name, value in zip(("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT"), state, strict=True):
        text.value(name, value, tables.OBJECT[name].unit)
    if body.covariance_rtn_m2 is not None:
        text.comments(body.covariance_comments)
        _write_covariance(body.covariance_rtn_m2, text)
    _write_extensions(body.extensions, text)


def _write_covariance(matrix: npt.NDArray[np.float64], text: KvnText) -> None:
    size = matrix.shape[0]
    if matrix.shape not in {(SIZE, SIZE), (FULL_SIZE, FULL_SIZE)}:
        raise CannotWrite(f"a covariance has shape (6, 6) or (9, 9), not {matrix.shape}")
    values = matrix.tolist()
    for name, row, column in tables.COVARIANCE_ELEMENTS:
        if row < size and not (row >= SIZE and np.isnan(matrix[row, row])):
            text.value(name, values[row][column], tables.OBJECT[name].unit)
