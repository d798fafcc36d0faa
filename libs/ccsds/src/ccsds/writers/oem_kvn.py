"""OEM to KVN."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from ccsds.errors import CannotWrite
from ccsds.messages.oem import Oem, OemCovariances, OemSegment
from ccsds.syntax.number_text import format_number
from ccsds.writers.kvn_lines import KvnText

__all__ = ["write_oem_kvn"]


def write_oem_kvn(oem: Oem) -> bytes:
    """Write an OEM as the standard wants it, in the version of its header.

    Raises
    ------
    CannotWrite
        A value can't stand in a KVN file, or not in that version.
    """
    header, text = oem.header, KvnText()
    if not oem.segments:
        raise CannotWrite("an OEM needs a segment")
    if header.version not in {"2.0", "3.0"} and _needs_2_0(oem):
        raise CannotWrite(f"version {header.version} carries no covariances, accelerations or REF_FRAME_EPOCH: set 2.0")
    if header.version != "3.0" and (header.classification or header.message_id):
        raise CannotWrite("CLASSIFICATION and MESSAGE_ID need version 3.0")
    text.value("CCSDS_OEM_VERS", header.version)
    text.comments(header.comments)
    text.value("CLASSIFICATION", header.classification)
    text.value("CREATION_DATE", header.creation_date_text or header.creation_date)
    text.value("ORIGINATOR", header.originator)
    text.value("MESSAGE_ID", header.message_id)
    for segment in oem.segments:
        text.line()
        _write_metadata(segment, text)
        text.comments(segment.comments)
        text.lines(_state_lines(segment))
        if segment.covariances is not None:
            _write_covariances(segment.covariances, text)
    return text.encode()


def _needs_2_0(oem: Oem) -> bool:
    return any(
        segment.covariances is not None
        or segment.accelerations_km_s2 is not None
        or segment.metadata.ref_frame_epoch is not None
        for segment in oem.segments
    )


def _write_metadata(segment: OemSegment, text: KvnText) -> None:
    data = segment.metadata
    text.line("META_START")
    text.comments(data.comments)
    text.value("OBJECT_NAME", data.object_name)
    text.value("OBJECT_ID", data.object_id)
    text.value("CENTER_NAME", data.center_name)
    text.value("REF_FRAME", data.ref_frame)
    text.value("REF_FRAME_EPOCH", data.ref_frame_epoch)
    text.value("TIME_SYSTEM", data.time_system)
    text.value("START_TIME", data.start_time)
    text.value("USEABLE_START_TIME", data.useable_start_time)
    text.value("USEABLE_STOP_TIME", data.useable_stop_time)
    text.value("STOP_TIME", data.stop_time)
    text.value("INTERPOLATION", data.interpolation)
    text.value("INTERPOLATION_DEGREE", data.interpolation_degree)
    text.line("META_STOP")


def _state_lines(segment: OemSegment) -> list[str]:
    columns = [segment.positions_km, segment.velocities_km_s]
    if segment.accelerations_km_s2 is not None:
        columns.append(segment.accelerations_km_s2)
    rows = np.concatenate(columns, axis=1)
    if not np.isfinite(rows[:, :6]).all():
        raise CannotWrite("a state is not finite")
    times = _times(segment.epochs, segment.leap_second)
    return [
        f"{time} {' '.join([format_number(value) for value in row if value == value])}"  # noqa: PLR0124
        for time, row in zip(times, rows.tolist(), strict=True)
    ]


def _write_covariances(covariances: OemCovariances, text: KvnText) -> None:
    text.line()
    text.line("COVARIANCE_START")
    text.comments(covariances.comments)
    times = _times(covariances.epochs, covariances.leap_second)
    for time, matrix, frame in zip(times, covariances.matrices.tolist(), covariances.frames, strict=True):
        text.line(f"EPOCH = {time}")
        text.value("COV_REF_FRAME", frame)
        for row in range(6):
            text.line(" ".join([format_number(value) for value in matrix[row][: row + 1]]))
    text.line("COVARIANCE_STOP")


def _times(epochs: npt.NDArray[np.datetime64], leap_second: npt.NDArray[np.bool_] | None) -> list[str]:
    """Epochs as text, all with the same digits: 3, 6 or 9 of a second, as few as hold every one."""
    if np.isnat(epochs).any():
        raise CannotWrite("an epoch is missing")
    ns = epochs.astype("datetime64[ns]").astype(np.int64)
    unit: Literal["ms", "us", "ns"] = "ms" if not (ns % 1_000_000).any() else "us" if not (ns % 1000).any() else "ns"
    texts: list[str] = np.datetime_as_string(epochs, unit=unit).tolist()
    if leap_second is not None:
        for row in np.flatnonzero(leap_second):
            texts[row] = f"{texts[row][:17]}60{texts[row][19:]}"
    return texts
