"""UTC ephemeris: 21 header lines, then date, time, position and velocity (handbook, figure 5)."""

from __future__ import annotations

import re

from ccsds.limits import Limits
from ccsds.messages.oem import Oem
from ccsds.readers.characters import check_characters
from ccsds.readers.text_ephemeris import first_state_line, read_records
from ccsds.readers.text_layout import Layout, LayoutRules
from ccsds.readers.text_oem import TextHeader, build_oem
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.syntax.packed_times import SLASHED_DATE

__all__ = ["read_utc"]

LAYOUT = Layout(
    kind="UTC",
    header_lines=21,
    times=(SLASHED_DATE,),
    state_line=re.compile(r"[ \t]*[0-9]{4}[/-][0-9]{1,3}[/-]?[0-9]*[T \t]+[0-9]{1,2}:[0-9]"),
    rules=LayoutRules(header="UTC-002", state="UTC-004", time="UTC-003"),
)
ASSUMED = "the format names neither frame nor object: EME2000 and UTC are read, as the handbook has it"


def read_utc(data: bytes, log: FindingLog, limits: Limits) -> Oem | None:  # noqa: ARG001
    """Read and check a UTC ephemeris; None where nothing of it is usable."""
    lines = Lines(data)
    check_characters(lines, log)
    log.add("UTC-001", ASSUMED)
    first = first_state_line(lines, LAYOUT)
    if first is None:
        first = min(LAYOUT.header_lines, len(lines))
    if first < LAYOUT.header_lines:
        message = f"{first} lines precede the first state; the first {LAYOUT.header_lines} lines are taken for header"
        log.add(LAYOUT.rules.header, message, line=first + 1, column=1)
    elif first > LAYOUT.header_lines:
        message = f"{first} lines precede the first state; line {LAYOUT.header_lines + 1} would be read as data"
        log.add(LAYOUT.rules.header, message, line=LAYOUT.header_lines + 1, column=1)
    header = TextHeader(tuple(lines.text(index).strip() for index in range(first)))
    return build_oem(read_records(lines, first, LAYOUT, log), header, lines, log)
