"""CALIPER EPHEMERIS V2.0 COVARIANCE: a launch trajectory with position covariances, as 18 and 19 SDS take it.

Two header lines (version and covariance frame, time of launch), then in turn a state, timed in seconds since launch,
and two lines of three numbers: the lower triangle of the position covariance in km². SuperCOMBO/CALIPER takes states in
rotating Earth-Fixed Greenwich axes of the true equator of date (18 SPCS Launch Conjunction Assessment Handbook), which
CCSDS names TDR. UVW is RTN; PTW is turned into TNW, which has the same axes: P = -N (in the orbit plane, outward).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ccsds.ephemeris_states import opm_of_state
from ccsds.limits import Limits
from ccsds.messages.oem import Oem
from ccsds.messages.opm import Opm
from ccsds.readers.characters import check_characters
from ccsds.readers.text_ephemeris import read_records
from ccsds.readers.text_layout import Layout, LayoutRules
from ccsds.readers.text_oem import POSITION_ONLY, TextHeader, build_oem
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.syntax.numbers import DIGITS_TO_ZERO, number_problem, shape_problem
from ccsds.syntax.packed_times import LAUNCH_TIME
from ccsds.syntax.times import TimeReading

__all__ = ["read_caliper"]

VERSION_LINE = re.compile(r"CALIPER EPHEMERIS (?P<version>\S*)(?: COVARIANCE(?: (?P<frame>.+))?)?\Z")
LAUNCH_LINE = re.compile(r"LAUNCH TIME:(?P<time>.*)\Z")
FRAMES = {"UVW": "UVW", "PTW": "TNW"}
PTW_TO_TNW = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]], dtype=np.float64)
HEADER_LINES = 2
NS_PER_S = 1_000_000_000
MAX_SECONDS = 1e9
RULES = LayoutRules(
    header="CAL-003", state="CAL-006", time="CAL-007", covariance="CAL-005", partial="CAL-005", order="CAL-005"
)
STATE_LINE = re.compile(r"(?!LAUNCH)\s*\S+(?:\s+\S+){4}")
"""A state line has seven numbers, a line of covariance three."""


@dataclass(frozen=True, slots=True)
class SecondsSinceLaunch:
    """Times as seconds since launch, to whole nanoseconds."""

    launch: np.datetime64
    title: str = "seconds since launch"
    token_count: int = 1

    def read(self, text: str) -> TimeReading:
        """Read one time."""
        value, _ = number_problem(text)
        if value is None or abs(value) > MAX_SECONDS:
            return TimeReading(None, problem="CAL-007", message=f"{text!r} is no number of seconds since launch")
        if shape_problem(text.translate(DIGITS_TO_ZERO)) is None and "e" not in text.lower():
            whole, _, part = text.lstrip("+-").partition(".")
            ns = int(whole) * NS_PER_S + int(part[:9].ljust(9, "0"))
            ns = -ns if text.startswith("-") else ns
        else:
            ns = round(value * NS_PER_S)
        return TimeReading(int(self.launch.astype("datetime64[ns]").astype(np.int64)) + ns)

    def read_many(self, rows: npt.NDArray[np.uint8], shape: str) -> npt.NDArray[np.datetime64] | None:
        """Read many times of one shape; None where one needs a closer look."""
        texts = (row.tobytes().decode("latin-1") for row in rows)
        readings = [self.read(text) for text in texts]
        if not shape or any(reading.ns is None for reading in readings):
            return None
        return np.array([reading.ns for reading in readings], dtype=np.int64).astype("datetime64[ns]")


def read_caliper(data: bytes, log: FindingLog, limits: Limits) -> Oem | Opm | None:  # noqa: ARG001
    """Read and check a CALIPER trajectory; a single state becomes an OPM. None where nothing of it is usable."""
    lines = Lines(data)
    check_characters(lines, log)
    log.add("CAL-001", "states are read in TDR (earth-fixed axes of the true equator of date) and UTC")
    filled = np.flatnonzero(lines.ends > lines.starts)[:HEADER_LINES]
    texts = [lines.text(int(index)).strip() for index in filled]
    frame = _version_line(texts[0], int(filled[0]) + 1, log)
    launch = _launch_time(texts[1], int(filled[1]) + 1, log) if len(texts) == HEADER_LINES else None
    if len(texts) < HEADER_LINES:
        log.add("CAL-003", "the time of launch is missing", line=int(filled[0]) + 1)
    known = launch if launch is not None else np.datetime64(0, "ns")
    layout = Layout("CALIPER", HEADER_LINES, (SecondsSinceLaunch(known),), STATE_LINE, RULES, (3, 3))
    behind = int(filled[-1]) if len(texts) == HEADER_LINES and layout.is_state(texts[1]) else int(filled[-1]) + 1
    rows = read_records(lines, behind, layout, log)
    without = ~rows.has_covariance()
    if without.any():
        line = int(rows.line_indexes[without.argmax()]) + 1
        message = f"{int(without.sum())} of {without.size} states have no covariance"
        log.add(RULES.partial, message, line=line, column=1)
    if launch is None:
        log.lossy = True
        return None
    header = TextHeader(
        lines=tuple(texts),
        covariance_frame=FRAMES.get(frame or ""),
        ref_frame="TDR",
        covariance_comments=(POSITION_ONLY,),
        covariance_turn=PTW_TO_TNW if frame == "PTW" else None,
    )
    oem = build_oem(rows, header, lines, log)
    return opm_of_state(oem) if oem is not None and len(oem.segments[0]) == 1 else oem


def _version_line(text: str, line: int, log: FindingLog) -> str | None:
    """Judge the first line; returns the covariance's frame."""
    match = VERSION_LINE.match(" ".join(text.split()))
    version, frame = (match["version"], match["frame"]) if match else ("", None)
    if version.upper() != "V2.0":
        log.add("CAL-004", f"the version is {version or 'missing'}; V2.0 is read", line=line, column=1)
    if frame not in FRAMES:
        log.add("CAL-002", f"the covariance frame is {frame or 'missing'}; UVW or PTW must stand there", line=line)
        return None
    return frame


def _launch_time(text: str, line: int, log: FindingLog) -> np.datetime64 | None:
    match = LAUNCH_LINE.match(text)
    if match is None:
        log.add("CAL-003", f"{text[:40]!r} is no line LAUNCH TIME: yyyy ddd hhmm ss.sss", line=line, column=1)
        return None
    reading = LAUNCH_TIME.read(" ".join(match["time"].split()))
    if reading.ns is None:
        log.add("CAL-003", f"LAUNCH TIME: {reading.message}", line=line, column=match.start("time") + 1)
        return None
    return reading.epoch
