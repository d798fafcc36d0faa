"""Generic On-Orbit ephemeris: four header lines, then in turn a state and its position covariance (handbook, figure 6).

The six numbers are the lower triangle of the 3 x 3 matrix in km², in the frame of header line 4 (UVW is RTN).
"""

from __future__ import annotations

import re

from ccsds.limits import Limits
from ccsds.messages.oem import Oem
from ccsds.readers.characters import check_characters
from ccsds.readers.on_orbit_header import HeaderRules, read_on_orbit_header
from ccsds.readers.text_ephemeris import read_records
from ccsds.readers.text_layout import Layout, LayoutRules
from ccsds.readers.text_oem import POSITION_ONLY, build_oem
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.syntax.packed_times import PACKED_DAY_OF_YEAR

__all__ = ["read_goo"]

LAYOUT = Layout(
    kind="GOO",
    header_lines=4,
    times=(PACKED_DAY_OF_YEAR,),
    state_line=re.compile(r"[ \t]*[0-9]{7}"),
    rules=LayoutRules(
        header="GOO-002", state="GOO-005", time="GOO-006", covariance="GOO-003", partial="GOO-003", order="GOO-003"
    ),
    covariance_lines=(6,),
)
HEADER_RULES = HeaderRules(lines="GOO-002", value="GOO-002/value", frame="GOO-004")


def read_goo(data: bytes, log: FindingLog, limits: Limits) -> Oem | None:  # noqa: ARG001
    """Read and check a Generic On-Orbit ephemeris; None where nothing of it is usable."""
    lines = Lines(data)
    check_characters(lines, log)
    log.add("GOO-001", "states are read in EME2000 and UTC; the terms of velocity of the covariance stand as zero")
    header, first = read_on_orbit_header(lines, LAYOUT, HEADER_RULES, log, (POSITION_ONLY,))
    rows = read_records(lines, first, LAYOUT, log)
    without = ~rows.has_covariance()
    if without.any():
        line = int(rows.line_indexes[without.argmax()]) + 1
        message = f"{int(without.sum())} of {without.size} states have no covariance below"
        log.add("GOO-003", message, line=line, column=1)
    return build_oem(rows, header, lines, log)
