"""OEM to a document: statements as text, states and covariances as arrays whose text is made when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Literal, overload

import numpy as np
import numpy.typing as npt

from ccsds.errors import CannotWrite
from ccsds.messages.oem import Oem, OemCovariances, OemHeader, OemSegment
from ccsds.messages.value import override
from ccsds.syntax.number_text import format_number
from ccsds.syntax.times import read_time
from ccsds.tree.document import Comment, Document, Rows
from ccsds.tree.kvn_reading import read_kvn_document
from ccsds.tree.schemas import MATRICES, STATES, oem_schema
from ccsds.writers.kvn_lines import KvnText

__all__ = ["oem_document"]

Texts = tuple[str, ...]
LOWER_ROWS, LOWER_COLUMNS = np.tril_indices(6)


class _RowTexts(Sequence[Texts]):
    """Rows of text that are made when one of them is asked for."""

    def __init__(self, count: int, make: Callable[[], list[Texts]]) -> None:
        self._count = count
        self._make = make

    @cached_property
    def _texts(self) -> list[Texts]:
        return self._make()

    @override
    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Texts: ...

    @overload
    def __getitem__(self, index: slice) -> list[Texts]: ...

    @override
    def __getitem__(self, index: int | slice) -> Texts | list[Texts]:
        return self._texts[index]


def oem_document(oem: Oem) -> Document:
    """The document of an OEM in the version of its header.

    Raises
    ------
    CannotWrite
        A number is not finite, an epoch is missing, or a value can't stand in that version.
    """
    _check(oem)
    text = KvnText()
    _write_header(oem.header, text)
    for segment in oem.segments:
        _write_metadata(segment, text)
    document = read_kvn_document(text.for_documents(), oem_schema())
    body = document.root.block("body")
    segments = [] if body is None else list(body.blocks())
    for block, segment in zip(segments, oem.segments, strict=True):
        data = block.block("data")
        if data is not None:
            data.items.append(_states(segment))
            if segment.covariances is not None:
                data.items.append(_matrices(segment.covariances))
    return document


def _check(oem: Oem) -> None:
    header = oem.header
    if not oem.segments:
        raise CannotWrite("an OEM needs a segment")
    if header.version not in {"2.0", "3.0"} and _needs_2_0(oem):
        raise CannotWrite(f"version {header.version} carries no covariances, accelerations or REF_FRAME_EPOCH: set 2.0")
    if header.version != "3.0" and (header.classification or header.message_id):
        raise CannotWrite("CLASSIFICATION and MESSAGE_ID need version 3.0")


def _needs_2_0(oem: Oem) -> bool:
    return any(
        segment.covariances is not None
        or segment.accelerations_km_s2 is not None
        or segment.metadata.ref_frame_epoch is not None
        for segment in oem.segments
    )


def _write_header(header: OemHeader, text: KvnText) -> None:
    creation: str | np.datetime64 = header.creation_date
    if header.creation_date_text and read_time(header.creation_date_text).epoch == header.creation_date:
        creation = header.creation_date_text
    text.value("CCSDS_OEM_VERS", header.version)
    text.comments(header.comments)
    text.value("CLASSIFICATION", header.classification)
    text.value("CREATION_DATE", creation)
    text.value("ORIGINATOR", header.originator)
    text.value("MESSAGE_ID", header.message_id)


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
    text.comments(segment.comments)


def _states(segment: OemSegment) -> Rows:
    columns = [segment.positions_km, segment.velocities_km_s]
    if segment.accelerations_km_s2 is not None:
        columns.append(segment.accelerations_km_s2)
    numbers = np.concatenate(columns, axis=1)
    if not np.isfinite(numbers[:, :6]).all():
        raise CannotWrite("a state is not finite")
    _check_epochs(segment.epochs)

    def make() -> list[Texts]:
        empty = ("",) * (len(STATES.columns) - 1 - numbers.shape[1])
        return [
            (time, *["" if value != value else format_number(value) for value in row], *empty)  # noqa: PLR0124
            for time, row in zip(_times(segment.epochs, segment.leap_second), numbers.tolist(), strict=True)
        ]

    leap = np.zeros(len(segment), dtype=bool) if segment.leap_second is None else segment.leap_second
    return Rows(STATES.name, STATES.columns, _RowTexts(len(segment), make), values=(segment.epochs, leap, *numbers.T))


def _matrices(covariances: OemCovariances) -> Rows:
    numbers = covariances.matrices[:, LOWER_ROWS, LOWER_COLUMNS]
    _check_epochs(covariances.epochs)

    def make() -> list[Texts]:
        times = _times(covariances.epochs, covariances.leap_second)
        return [
            (time, frame or "", *[format_number(value) for value in row])
            for time, frame, row in zip(times, covariances.frames, numbers.tolist(), strict=True)
        ]

    leap = np.zeros(len(covariances), dtype=bool) if covariances.leap_second is None else covariances.leap_second
    frames = np.array([frame or "" for frame in covariances.frames], dtype=np.str_)
    return Rows(
        MATRICES.name,
        MATRICES.columns,
        _RowTexts(len(covariances), make),
        values=(covariances.epochs, leap, frames, *numbers.T),
        comments=[Comment(comment) for comment in covariances.comments],
    )


def _check_epochs(epochs: npt.NDArray[np.datetime64]) -> None:
    if np.isnat(epochs).any():
        raise CannotWrite("an epoch is missing")


def _times(epochs: npt.NDArray[np.datetime64], leap_second: npt.NDArray[np.bool_] | None) -> list[str]:
    """Epochs as text, all with the same digits: 3, 6 or 9 of a second, as few as hold every one."""
    ns = epochs.astype("datetime64[ns]").astype(np.int64)
    unit: Literal["ms", "us", "ns"] = "ms" if not (ns % 1_000_000).any() else "us" if not (ns % 1000).any() else "ns"
    texts: list[str] = np.datetime_as_string(epochs, unit=unit).tolist()
    if leap_second is not None:
        for row in np.flatnonzero(leap_second):
            texts[row] = f"{texts[row][:17]}60{texts[row][19:]}"
    return texts
