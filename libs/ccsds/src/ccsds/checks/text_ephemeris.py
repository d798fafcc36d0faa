"""Checks of a text ephemeris beyond single lines, alike for every format."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccsds.checks.covariance import first_negative_variance, first_not_positive
from ccsds.readers.text_ephemeris import TextRows
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.syntax.times import elapsed_ns, format_time

__all__ = ["check_covariances", "check_forms", "check_span", "in_order"]

MAX_REPORTED = 20
NEAREST_KM, FARTHEST_KM = 1_000.0, 2_000_000.0
"""Distances that no orbit about the Earth has, unless it is given in another unit."""


def in_order(rows: TextRows, log: FindingLog) -> TextRows:
    """EPH-001: report epochs that do not increase; leave out records that are repeated as they are."""
    steps = np.diff(elapsed_ns(rows.epochs, rows.leap_second))
    late = np.flatnonzero(steps <= 0)
    if not late.size:
        return rows
    same = (steps[late] == 0) & np.all(rows.states[late] == rows.states[late + 1], axis=1)
    for place, repeated in zip(late[:MAX_REPORTED], same[:MAX_REPORTED], strict=True):
        line, before = int(rows.line_indexes[place + 1]) + 1, int(rows.line_indexes[place]) + 1
        if repeated:
            log.add("EPH-001/repeated", f"the record of line {before} is repeated", line=line, column=1)
        else:
            log.add("EPH-001", f"the time is not after that of line {before}", line=line, column=1)
    if late.size > MAX_REPORTED:
        line = int(rows.line_indexes[late[MAX_REPORTED] + 1]) + 1
        key = "EPH-001/repeated" if same.all() else "EPH-001"
        log.add(key, f"{late.size - MAX_REPORTED} more times do not increase", line=line, column=1)
    keep = np.ones(rows.epochs.size, dtype=bool)
    keep[late[same] + 1] = False
    return rows.chosen(keep)


def check_covariances(matrices: npt.NDArray[np.float64], line_indexes: npt.NDArray[np.int64], log: FindingLog) -> None:
    """EPH-002: matrices of shape (m, k, k) can be covariances."""
    if not log.weighs("EPH-002") or not matrices.size:
        return
    negative = first_negative_variance(matrices)
    if negative is not None:
        matrix, axis = negative
        message = f"variance {axis + 1} of the covariance is negative"
        log.add("EPH-002", message, line=int(line_indexes[matrix]) + 2, column=1)
        return
    indefinite = first_not_positive(matrices)
    if indefinite is not None:
        message = "the covariance is not positive semi-definite"
        log.add("EPH-002", message, line=int(line_indexes[indefinite]) + 2, column=1)


def check_forms(rows: TextRows, lines: Lines, log: FindingLog) -> None:
    """STK-001: numbers in decimal notation."""
    form = rows.forms.get("STK-001")
    if form is not None:
        line, column = lines.place_of(form.offset)
        more = f"; {form.count} such values" if form.count > 1 else ""
        log.add("STK-001/text", f"{form.text} is in exponential notation{more}", line=line, column=column)


def check_span(
    rows: TextRows, start: np.datetime64 | None, stop: np.datetime64 | None, line: int | None, log: FindingLog
) -> None:
    """EPH-003: the span that the header gives holds the states; EPH-004: distances are those of an orbit in km."""
    first, last = rows.epochs.min(), rows.epochs.max()
    if start is not None and start > first + np.timedelta64(1, "s"):
        log.add("EPH-003", f"the header's start is after the first state, {format_time(first)}", line=line)
    if stop is not None and stop < last - np.timedelta64(1, "s"):
        log.add("EPH-003", f"the header's stop is before the last state, {format_time(last)}", line=line)
    distances = np.linalg.norm(rows.states[:, :3], axis=1)
    odd = np.flatnonzero((distances < NEAREST_KM) | (distances > FARTHEST_KM))
    if odd.size:
        message = f"a distance of {distances[odd[0]]:.6g} km from the Earth's centre is that of no orbit"
        log.add("EPH-004", message, line=int(rows.line_indexes[odd[0]]) + 1, column=1)
