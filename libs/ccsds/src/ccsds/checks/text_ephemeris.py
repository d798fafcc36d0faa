"""Checks of a text ephemeris beyond single lines, alike for every format."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ccsds.checks.covariance import first_negative_variance, first_not_positive
from ccsds.checks.plausibility import first_below_surface, first_impossible_step
from ccsds.readers.text_ephemeris import TextRows
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.syntax.times import elapsed_ns, format_time

__all__ = ["check_covariances", "check_forms", "check_plausibility", "check_span", "in_order"]

MAX_REPORTED = 20
FARTHEST_KM, FASTEST_KM_S = 2_000_000.0, 100.0
"""What no orbit about the Earth has, unless it is given in another unit."""
SECOND = np.timedelta64(1, "s")
"""Header times are often cut to whole seconds."""


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
    """EPH-003: the span that the header gives holds the states."""
    first, last = rows.epochs.min(), rows.epochs.max()
    if start is not None and start > first + SECOND:
        log.add("EPH-003", f"the header's start is after the first state, {format_time(first)}", line=line)
    if stop is not None and stop < last - SECOND:
        log.add("EPH-003", f"the header's stop is before the last state, {format_time(last)}", line=line)


def check_plausibility(rows: TextRows, log: FindingLog) -> None:
    """EPH-004, PHY-001, PHY-003: states of an orbit about the Earth in km, for frames that do not turn with it."""
    positions, velocities = rows.states[:, :3], rows.states[:, 3:]

    def line_of(index: int) -> int:
        return int(rows.line_indexes[index]) + 1

    for values, most, what in (
        (positions, FARTHEST_KM, "position {:.6g} km from the Earth's center"),
        (velocities, FASTEST_KM_S, "velocity of {:.6g} km/s"),
    ):
        largest = np.abs(values).max(axis=1)
        odd = np.flatnonzero(largest > most)
        if odd.size:
            message = f"a {what.format(largest[odd[0]])} is that of no orbit about the Earth"
            log.add("EPH-004", message, line=line_of(int(odd[0])), column=1)
            return
    below = first_below_surface(positions, "EARTH")
    if below is not None:
        index, distance = below
        message = f"the position is {distance:.6g} km from the center of EARTH, below its surface"
        log.add("PHY-001", message, line=line_of(index), column=1)
    step = first_impossible_step(elapsed_ns(rows.epochs, rows.leap_second), positions, velocities, "EARTH")
    if step is not None:
        index, length, expected = step
        message = f"the step to this state is {length:.6g} km long; by the velocities it is {expected:.6g} km at most"
        log.add("PHY-003", message, line=line_of(index + 1), column=1)
