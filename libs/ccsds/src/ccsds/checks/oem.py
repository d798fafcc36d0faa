"""Checks of an OEM beyond single values (CCSDS 502.0-B-3 5.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ccsds.checks.covariance import first_negative_variance, first_not_positive
from ccsds.checks.frames import check_frame_names, check_space_track
from ccsds.checks.plausibility import first_below_surface, first_impossible_step, is_known
from ccsds.checks.section_texts import check_case, check_times
from ccsds.messages.oem import OemCovariances, OemSegment
from ccsds.messages.value import frozen_array
from ccsds.readers.ephemeris_block import FormCount
from ccsds.readers.section import NUMBER_MESSAGES, Section
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.syntax.times import elapsed_ns, format_time
from ccsds.tables.oem import normalised

__all__ = ["SegmentPlaces", "check_header", "check_oem", "check_segment"]

MAX_REPORTED = 20
FORM_MESSAGES = {
    **NUMBER_MESSAGES,
    "STK-001": "is in exponential notation",
    "STK-005": "is a day-of-year date",
    "TIM-008": "ends in Z although the time system is not UTC",
}
METADATA_TIMES = ("START_TIME", "USEABLE_START_TIME", "USEABLE_STOP_TIME", "STOP_TIME")
CASED_2_0 = ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "INTERPOLATION")
CASED_3_0 = ("CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "INTERPOLATION")


@dataclass(slots=True)
class SegmentPlaces:
    """Where the parts of a segment stand, for findings.

    Attributes
    ----------
    state_lines, covariance_lines
        Index of the line of each state (n,) and of the EPOCH of each matrix (m,).
    forms
        Tokens whose form breaks a rule.
    widths
        The numbers of values per ephemeris line that occur.
    """

    lines: Lines
    metadata: Section
    start_line: int
    state_lines: npt.NDArray[np.int64]
    covariance_lines: npt.NDArray[np.int64]
    forms: list[dict[str, FormCount]]
    widths: set[int]

    def line_of(self, keyword: str) -> int:
        """Line of a metadata keyword, or of META_START where it is missing."""
        entry = self.metadata.entries.get(keyword)
        return self.start_line if entry is None else entry.line

    def instant(self, keyword: str, time: np.datetime64) -> int:
        """A metadata time on the scale of `elapsed_ns`."""
        entry = self.metadata.entries.get(keyword)
        leap_second = np.array([entry is not None and ":60" in entry.value])
        return int(elapsed_ns(np.array([time]), leap_second)[0])

    def useable(self, keyword: str, time: np.datetime64 | None) -> int | None:
        """The same for a time that may be missing."""
        return None if time is None else self.instant(keyword, time)

    def column_of(self, keyword: str) -> int | None:
        """Column of a metadata value."""
        entry = self.metadata.entries.get(keyword)
        return None if entry is None else entry.column


def check_header(header: Section, log: FindingLog, version: str) -> None:
    """Check the text values of the header."""
    if version == "2.0":
        check_case(header, ("ORIGINATOR",), log)
    for keyword in ("CLASSIFICATION", "MESSAGE_ID"):
        entry = header.entries.get(keyword)
        if entry is not None:
            log.add("STK-002", f"{keyword} would be read as data", line=entry.line, column=1)


def check_segment(
    metadata: Section, segment: OemSegment | None, places: SegmentPlaces, log: FindingLog, version: str
) -> OemSegment | None:
    """Check one segment; returns it without repeated states."""
    if version != "1.0":
        check_case(metadata, CASED_3_0 if version == "3.0" else CASED_2_0, log)
    check_frame_names(metadata, segment, places.covariance_lines, log)
    _check_interpolation(metadata, log)
    check_times([metadata], METADATA_TIMES, metadata.text("TIME_SYSTEM") or "UTC", log)
    if segment is None:
        log.add("OEM-025", "the segment has no usable ephemeris line", line=places.start_line)
        return None
    utc = normalised(segment.metadata.time_system) == "UTC"
    _report_forms(places, log, utc=utc)
    if len(places.widths) > 1:
        message = "some ephemeris lines have accelerations and some do not"
        log.add("OEM-023", message, line=int(places.state_lines[0]) + 1)
    segment = _check_epochs(segment, places, log)
    _check_span(segment, places, log)
    _check_count(segment, places, log)
    if segment.covariances is not None:
        _check_covariances(segment, places, log)
    check_space_track(segment, metadata, places.state_lines, places.covariance_lines, log)
    _check_plausibility(segment, places, log)
    return segment


def _check_plausibility(segment: OemSegment, places: SegmentPlaces, log: FindingLog) -> None:
    """PHY-001, PHY-003: states above the surface, and steps that an orbit makes."""
    center = segment.metadata.center_name
    below = first_below_surface(segment.positions_km, center)
    if below is not None:
        index, distance = below
        message = f"the position is {distance:.6g} km from the center of {center}, below its surface"
        log.add("PHY-001", message, line=int(places.state_lines[index]) + 1, column=1)
    _check_matrices(segment, places, log)
    elapsed = elapsed_ns(segment.epochs, segment.leap_second)
    step = first_impossible_step(elapsed, segment.positions_km, segment.velocities_km_s, center)
    if step is not None:
        index, length, expected = step
        message = f"the step to this state is {length:.6g} km long; by the velocities it is {expected:.6g} km at most"
        log.add("PHY-003", message, line=int(places.state_lines[index + 1]) + 1, column=1)


def _check_matrices(segment: OemSegment, places: SegmentPlaces, log: FindingLog) -> None:
    """PHY-004: positions are known better than to their distance from the center. OEM-039: at epochs of states."""
    covariances = segment.covariances
    if covariances is None:
        return
    if is_known(segment.metadata.center_name):
        _check_sigma_size(segment, covariances, places, log)
    if not log.weighs("OEM-039"):
        return
    alone = np.flatnonzero(~np.isin(covariances.epochs, segment.epochs))
    if alone.size:
        more = f" ({alone.size} matrices)" if alone.size > 1 else ""
        message = f"no state has the epoch of this matrix{more}"
        log.add("OEM-039", message, line=int(places.covariance_lines[alone[0]]) + 1, column=1)


def _check_sigma_size(segment: OemSegment, covariances: OemCovariances, places: SegmentPlaces, log: FindingLog) -> None:
    variances = np.diagonal(covariances.matrices[:, :3, :3], axis1=1, axis2=2).max(axis=1)
    farthest = float(np.einsum("ij,ij->i", segment.positions_km, segment.positions_km).max())
    large = np.flatnonzero(variances > farthest)
    if large.size:
        sigma = float(np.sqrt(variances[large[0]]))
        message = f"a sigma of the position is {sigma:.4g} km; the center is {farthest**0.5:.6g} km away at most"
        log.add("PHY-004", message, line=int(places.covariance_lines[large[0]]) + 1, column=1)


def _report_forms(places: SegmentPlaces, log: FindingLog, *, utc: bool) -> None:
    for forms in places.forms:
        for key, form in forms.items():
            if key == "TIM-008" and utc:
                continue
            line, column = places.lines.place_of(form.offset)
            more = f"; {form.count} such values in this block" if form.count > 1 else ""
            log.add(key, f"{form.text} {FORM_MESSAGES[key]}{more}", line=line, column=column)


def _check_epochs(segment: OemSegment, places: SegmentPlaces, log: FindingLog) -> OemSegment:
    """OEM-020: report epochs that do not increase; leave out states that are repeated as they are."""
    steps = np.diff(elapsed_ns(segment.epochs, segment.leap_second))
    late = np.flatnonzero(steps <= 0)
    if not late.size:
        return segment
    positions, velocities = segment.positions_km, segment.velocities_km_s
    same = (
        (steps[late] == 0)
        & np.all(positions[late] == positions[late + 1], axis=1)
        & np.all(velocities[late] == velocities[late + 1], axis=1)
    )
    for index, repeated in zip(late[:MAX_REPORTED], same[:MAX_REPORTED], strict=True):
        line = int(places.state_lines[index + 1]) + 1
        before = int(places.state_lines[index]) + 1
        if repeated:
            log.add("OEM-020/repeated", f"the state of line {before} is repeated", line=line, column=1)
        else:
            message = f"the epoch is not after that of line {before}"
            log.add("OEM-020", message, line=line, column=1)
    if late.size > MAX_REPORTED:
        line = int(places.state_lines[late[MAX_REPORTED] + 1]) + 1
        key = "OEM-020/repeated" if same.all() else "OEM-020"
        log.add(key, f"{late.size - MAX_REPORTED} more epochs do not increase", line=line, column=1)
    keep = np.ones(len(segment), dtype=bool)
    keep[late[same] + 1] = False
    places.state_lines = places.state_lines[keep]
    return replace(
        segment,
        epochs=frozen_array(segment.epochs[keep]),
        positions_km=frozen_array(positions[keep]),
        velocities_km_s=frozen_array(velocities[keep]),
        accelerations_km_s2=(
            None if segment.accelerations_km_s2 is None else frozen_array(segment.accelerations_km_s2[keep])
        ),
        leap_second=None if segment.leap_second is None else segment.leap_second[keep],
    )


def _check_span(segment: OemSegment, places: SegmentPlaces, log: FindingLog) -> None:
    data = segment.metadata
    elapsed = elapsed_ns(segment.epochs, segment.leap_second)
    first, last = int(elapsed.argmin()), int(elapsed.argmax())

    def add(key: str, keyword: str, message: str) -> None:
        log.add(key, message, line=places.line_of(keyword), column=places.column_of(keyword))

    start, stop = places.instant("START_TIME", data.start_time), places.instant("STOP_TIME", data.stop_time)
    if start > elapsed[first]:
        add("OEM-010", "START_TIME", f"START_TIME is after the first epoch, {format_time(segment.epochs[first])}")
    if stop < elapsed[last]:
        add("OEM-011", "STOP_TIME", f"STOP_TIME is before the last epoch, {format_time(segment.epochs[last])}")
    if stop < start:
        add("OEM-011", "STOP_TIME", "STOP_TIME is before START_TIME")
    begin = places.useable("USEABLE_START_TIME", data.useable_start_time)
    end = places.useable("USEABLE_STOP_TIME", data.useable_stop_time)
    for keyword, instant in (("USEABLE_START_TIME", begin), ("USEABLE_STOP_TIME", end)):
        if instant is not None and instant < start:
            add("OEM-012", keyword, f"{keyword} is before START_TIME")
        if instant is not None and instant > stop:
            add("OEM-012", keyword, f"{keyword} is after STOP_TIME")
    if begin is not None and end is not None and begin > end:
        add("OEM-013", "USEABLE_START_TIME", "USEABLE_START_TIME is after USEABLE_STOP_TIME")


def _check_interpolation(metadata: Section, log: FindingLog) -> None:
    method, degree = metadata.entries.get("INTERPOLATION"), metadata.entries.get("INTERPOLATION_DEGREE")
    if method is not None and method.value and degree is None:
        log.add("OEM-015", "INTERPOLATION_DEGREE is missing", line=method.line, column=method.column)
    if degree is not None:
        value = _degree(degree.value)
        if value is not None and value < 1:
            log.add("OEM-016", f"INTERPOLATION_DEGREE is {value}", line=degree.line, column=degree.column)


def _degree(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _check_count(segment: OemSegment, places: SegmentPlaces, log: FindingLog) -> None:
    degree = segment.metadata.interpolation_degree
    method = normalised(segment.metadata.interpolation or "")
    if degree is None or degree < 1:
        return
    needed = (degree + 2) // 2 if method == "HERMITE" else degree + 1
    if len(segment) < needed:
        message = (
            f"{method or 'interpolation'} of degree {degree} needs {needed} states; the segment has {len(segment)}"
        )
        line, column = places.line_of("INTERPOLATION_DEGREE"), places.column_of("INTERPOLATION_DEGREE")
        log.add("OEM-017", message, line=line, column=column)


def _check_covariances(segment: OemSegment, places: SegmentPlaces, log: FindingLog) -> None:
    covariances = segment.covariances
    if covariances is None:
        return
    lines = places.covariance_lines
    elapsed = elapsed_ns(covariances.epochs, covariances.leap_second)
    late = np.flatnonzero(np.diff(elapsed) <= 0)
    for index in late[:MAX_REPORTED]:
        message = "the epoch of the matrix is not after that of the matrix before"
        log.add("OEM-035", message, line=int(lines[index + 1]) + 1, column=1)
    data = segment.metadata
    outside = np.flatnonzero(
        (elapsed < places.instant("START_TIME", data.start_time))
        | (elapsed > places.instant("STOP_TIME", data.stop_time))
    )
    if outside.size:
        more = f" ({outside.size} matrices)" if outside.size > 1 else ""
        message = f"the epoch of the matrix lies outside START_TIME to STOP_TIME{more}"
        log.add("OEM-037", message, line=int(lines[outside[0]]) + 1, column=1)
    if not log.weighs("OEM-036"):
        return
    negative = first_negative_variance(covariances.matrices)
    if negative is not None:
        matrix, axis = negative
        message = f"variance {axis + 1} of the matrix is negative"
        log.add("OEM-036", message, line=int(lines[matrix]) + 1, column=1)
        return
    indefinite = first_not_positive(covariances.matrices)
    if indefinite is not None:
        message = "the matrix is not positive semi-definite"
        log.add("OEM-036", message, line=int(lines[indefinite]) + 1, column=1)


def check_oem(segments: Sequence[OemSegment], places: Sequence[SegmentPlaces], log: FindingLog) -> None:
    """Check what must hold between segments."""
    for index in range(1, len(segments)):
        before, data = segments[index - 1].metadata, segments[index].metadata
        place = places[index]
        if normalised(data.time_system) != normalised(before.time_system):
            message = f"TIME_SYSTEM is {data.time_system}; it was {before.time_system}"
            log.add("OEM-018", message, line=place.line_of("TIME_SYSTEM"), column=place.column_of("TIME_SYSTEM"))
        for keyword, value, was in (
            ("OBJECT_NAME", data.object_name, before.object_name),
            ("OBJECT_ID", data.object_id, before.object_id),
        ):
            if value and was and normalised(value) != normalised(was):
                message = f"{keyword} is {value}; it was {was}"
                log.add("OEM-019", message, line=place.line_of(keyword), column=place.column_of(keyword))
        end = before.useable_stop_time if before.useable_stop_time is not None else before.stop_time
        begin = data.useable_start_time if data.useable_start_time is not None else data.start_time
        if begin < end:
            keyword = "START_TIME" if data.useable_start_time is None else "USEABLE_START_TIME"
            message = f"the useable window begins before that of the segment before ends, {format_time(end)}"
            log.add("OEM-014", message, line=place.line_of(keyword), column=place.column_of(keyword))
