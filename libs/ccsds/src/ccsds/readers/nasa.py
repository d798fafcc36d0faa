"""NASA ephemeris: no header, lines of time, position and velocity (19 SDS Spaceflight Safety Handbook, figure 4)."""

from __future__ import annotations

import re

from ccsds.limits import Limits
from ccsds.messages.oem import Oem
from ccsds.readers.characters import check_characters
from ccsds.readers.text_ephemeris import read_records
from ccsds.readers.text_layout import Layout, LayoutRules
from ccsds.readers.text_oem import TextHeader, build_oem
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.syntax.packed_times import SHORT_DAY_AND_TIME, SHORT_DAY_OF_YEAR

__all__ = ["read_nasa"]

LAYOUT = Layout(
    kind="NASA",
    header_lines=0,
    times=(SHORT_DAY_OF_YEAR, SHORT_DAY_AND_TIME),
    state_line=re.compile(r"[ \t]*[0-9]"),
    rules=LayoutRules(header="NAS-002", state="NAS-002", time="NAS-003"),
)
ASSUMED = "the format names neither frame nor object: EME2000 and UTC are read, as the handbook has it"


def read_nasa(data: bytes, log: FindingLog, limits: Limits) -> Oem | None:  # noqa: ARG001
    """Read and check a NASA ephemeris; None where nothing of it is usable."""
    lines = Lines(data)
    check_characters(lines, log)
    log.add("NAS-001", ASSUMED)
    return build_oem(read_records(lines, 0, LAYOUT, log), TextHeader(), lines, log)
