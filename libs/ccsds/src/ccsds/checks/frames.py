"""Names of frames and time systems, and what Space-Track takes."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from ccsds.frame_pairs import space_track_frame
from ccsds.messages.oem import OemSegment
from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.tables import oem as tables
from ccsds.tables.frames import CELESTIAL, ORBIT_RELATIVE, SANA_TIME_SYSTEMS
from ccsds.tables.oem import normalised

__all__ = ["check_frame", "check_frame_names", "check_space_track"]

ITRF = re.compile(r"ITRF[- ]?(?:[0-9]{2}|[0-9]{4})?\Z")
SPACE_TRACK_KEYWORDS = ("REF_FRAME_EPOCH",)


def check_frame_names(
    metadata: Section, segment: OemSegment | None, covariance_lines: npt.NDArray[np.int64], log: FindingLog
) -> None:
    """Check frames, time system and designator against their registries."""
    frame = metadata.entries.get("REF_FRAME")
    if frame is not None and frame.value:
        check_frame(frame.value, tables.REF_FRAMES, "REF_FRAME", frame.line, frame.column, log)
        if "EPOCH" in normalised(frame.value) and "REF_FRAME_EPOCH" not in metadata.entries:
            log.add("OEM-041", f"{frame.value} comes without REF_FRAME_EPOCH", line=frame.line, column=frame.column)
    system = metadata.entries.get("TIME_SYSTEM")
    if system is not None and system.value and normalised(system.value) in SANA_TIME_SYSTEMS:
        message = f"{system.value} is named by SANA, not by the standard"
        log.add("TIM-009/sana", message, line=system.line, column=system.column)
    elif system is not None and system.value and normalised(system.value) not in tables.TIME_SYSTEMS:
        known = ", ".join(sorted(tables.TIME_SYSTEMS))
        log.add("TIM-009", f"{system.value!r} is none of {known}", line=system.line, column=system.column)
    designator = metadata.entries.get("OBJECT_ID")
    if designator is not None and designator.value and not tables.OBJECT_ID.match(designator.value):
        message = f"{designator.value!r} is no international designator"
        log.add("OEM-043", message, line=designator.line, column=designator.column)
    if segment is None or segment.covariances is None:
        return
    seen: set[str | None] = {None}
    for index, name in enumerate(segment.covariances.frames):
        if name not in seen:
            seen.add(name)
            check_frame(
                name or "", tables.COVARIANCE_FRAMES, "COV_REF_FRAME", int(covariance_lines[index]) + 2, None, log
            )


def check_frame(name: str, known: frozenset[str], keyword: str, line: int, column: int | None, log: FindingLog) -> None:
    """OEM-042: check the name of a frame against those that are known."""
    text = normalised(name)
    if text in known or ITRF.match(text):
        return
    alias = tables.FRAME_ALIASES.get(text)
    relative = known is tables.COVARIANCE_FRAMES
    if alias not in known and (CELESTIAL.match(text) or (relative and ORBIT_RELATIVE.match(text))):
        message = f"{keyword} {name} is named by SANA, not by the standard"
        log.add("OEM-042/sana", message, line=line, column=column)
    elif alias in known:
        log.add("OEM-042/alias", f"{keyword} {name} is read as {alias}", line=line, column=column)
    else:
        log.add("OEM-042", f"{keyword} {name} is not a frame of the registry", line=line, column=column)


def check_space_track(
    segment: OemSegment,
    metadata: Section,
    state_lines: npt.NDArray[np.int64],
    covariance_lines: npt.NDArray[np.int64],
    log: FindingLog,
) -> None:
    """STK: what the conversion utility of 19 SDS ignores, refuses or takes for data."""
    if not log.weighs("STK-003"):
        return
    data = segment.metadata

    def add(key: str, keyword: str, message: str) -> None:
        entry = metadata.entries.get(keyword)
        log.add(key, message, line=entry.line if entry else None, column=entry.column if entry else None)

    if normalised(data.time_system) != "UTC":
        add("STK-003", "TIME_SYSTEM", f"the time system is {data.time_system}, and would be read as UTC")
    if normalised(data.center_name) != "EARTH":
        add("STK-004", "CENTER_NAME", f"the center is {data.center_name}, and would be read as EARTH")
    for keyword in SPACE_TRACK_KEYWORDS:
        if keyword in metadata.entries:
            add("STK-002", keyword, f"{keyword} would be read as data")
    if segment.accelerations_km_s2 is not None:
        log.add("STK-006", "accelerations are not supported", line=int(state_lines[0]) + 1)
    frame = space_track_frame(data.ref_frame)
    frames = {pair[0] for pair in tables.SPACE_TRACK_FRAME_PAIRS}
    if frame not in frames:
        add("STK-009", "REF_FRAME", f"states in {data.ref_frame} are not supported: {', '.join(sorted(frames))} are")
        return
    covariances = segment.covariances
    if covariances is None:
        return
    matched = np.isin(covariances.epochs, segment.epochs)
    reported: set[str | None] = set()
    for index, name in enumerate(covariances.frames):
        line = int(covariance_lines[index]) + 1
        if not matched[index]:
            log.add("STK-007", "no state has the epoch of this matrix", line=line, column=1)
        if name in reported:
            continue
        reported.add(name)
        if name is None:
            log.add("STK-008", "COV_REF_FRAME is missing; REF_FRAME is assumed", line=line, column=1)
        pair = (frame, frame if name is None else space_track_frame(name))
        if pair not in tables.SPACE_TRACK_FRAME_PAIRS:
            log.add(
                "STK-009", f"states in {pair[0]} with covariances in {pair[1]} are not supported", line=line, column=1
            )
