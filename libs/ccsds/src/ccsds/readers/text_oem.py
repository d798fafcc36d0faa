"""The records of a text ephemeris as an OEM."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccsds.checks.text_ephemeris import (
    check_covariances,
    check_forms,
    check_plausibility,
    check_span,
    in_order,
)
from ccsds.messages.oem import Oem, OemCovariances, OemHeader, OemMetadata, OemSegment
from ccsds.messages.value import frozen_array
from ccsds.readers.ephemeris_block import full_matrices
from ccsds.readers.text_ephemeris import TextRows
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.tables.frames import is_rotating

__all__ = ["POSITION_ONLY", "UNKNOWN", "TextHeader", "build_oem", "position_matrices"]

UNKNOWN = "UNKNOWN"
"""What the formats do not say: originator, object name and designator."""
POSITION_ONLY = "Position covariance only: the terms of velocity are not given and stand as zero."
POSITION_NUMBERS = 6


@dataclass(frozen=True, slots=True)
class TextHeader:
    """What a header says, and what the format says without words.

    Attributes
    ----------
    lines
        Its lines as they stand; they become comments.
    creation_date, start_time, stop_time
        datetime64[ns] UTC; None where not given.
    covariance_frame
        None where the format has no covariance.
    ref_frame
        Of the states.
    span_line
        Number of the line with start and stop.
    covariance_turn
        Rotation of position covariances into `covariance_frame`, shape (3, 3); None where none is needed.
    """

    lines: tuple[str, ...] = ()
    creation_date: np.datetime64 | None = None
    start_time: np.datetime64 | None = None
    stop_time: np.datetime64 | None = None
    covariance_frame: str | None = None
    ref_frame: str = "EME2000"
    span_line: int | None = None
    covariance_comments: tuple[str, ...] = ()
    covariance_turn: npt.NDArray[np.float64] | None = None


def build_oem(rows: TextRows, header: TextHeader, lines: Lines, log: FindingLog) -> Oem | None:
    """Check the records as a whole and make one segment of them; None where there is none."""
    if not rows.epochs.size:
        return None
    rows = in_order(rows, log)
    check_forms(rows, lines, log)
    check_span(rows, header.start_time, header.stop_time, header.span_line, log)
    if not is_rotating(header.ref_frame):
        check_plausibility(rows, log)
    first, last = rows.epochs.min(), rows.epochs.max()
    start, stop = header.start_time, header.stop_time
    leap_second = rows.leap_second if rows.leap_second.any() else None
    created = header.creation_date
    return Oem(
        header=OemHeader(
            creation_date=created if created is not None else np.datetime64("NaT", "ns"),
            originator=UNKNOWN,
            comments=tuple(line for line in header.lines if line),
        ),
        segments=(
            OemSegment(
                metadata=OemMetadata(
                    object_name=UNKNOWN,
                    object_id=UNKNOWN,
                    ref_frame=header.ref_frame,
                    start_time=first if start is None or start > first else start,
                    stop_time=last if stop is None or stop < last else stop,
                ),
                epochs=frozen_array(rows.epochs),
                positions_km=frozen_array(np.ascontiguousarray(rows.states[:, :3])),
                velocities_km_s=frozen_array(np.ascontiguousarray(rows.states[:, 3:])),
                covariances=_covariances(rows, header, log),
                leap_second=leap_second,
            ),
        ),
    )


def _covariances(rows: TextRows, header: TextHeader, log: FindingLog) -> OemCovariances | None:
    has = rows.has_covariance()
    if not has.any():
        return None
    given = rows.chosen(has)
    if given.covariances.shape[1] == POSITION_NUMBERS:
        positions = position_matrices(given.covariances)
        check_covariances(positions, given.line_indexes, log)
        turn = header.covariance_turn
        if turn is not None:
            positions = turn @ positions @ turn.T
        matrices = np.zeros((positions.shape[0], 6, 6))
        matrices[:, :3, :3] = positions
    else:
        matrices = full_matrices(given.covariances)
        check_covariances(matrices, given.line_indexes, log)
    return OemCovariances(
        epochs=frozen_array(given.epochs),
        matrices=frozen_array(matrices),
        frames=(header.covariance_frame,) * given.epochs.size,
        comments=header.covariance_comments,
        leap_second=given.leap_second if given.leap_second.any() else None,
    )


def position_matrices(triangles: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Lower triangles, row by row, shape (m, 6), to symmetric matrices, shape (m, 3, 3)."""
    rows, columns = np.tril_indices(3)
    matrices = np.empty((triangles.shape[0], 3, 3))
    matrices[:, rows, columns] = triangles
    matrices[:, columns, rows] = triangles
    return matrices
