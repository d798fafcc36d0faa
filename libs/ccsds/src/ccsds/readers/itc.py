"""Modified ITC ephemeris: four header lines, then in turn a state and three lines of covariance (handbook, figure 7).

The 21 numbers are the lower triangle of the 6 x 6 matrix, row by row, in km², km²/s and km²/s², in the frame of header
line 4 (UVW is RTN).
"""

from __future__ import annotations

import re

from ccsds.limits import Limits
from ccsds.messages.oem import Oem
from ccsds.readers.characters import check_characters
from ccsds.readers.on_orbit_header import HeaderRules, read_on_orbit_header
from ccsds.readers.text_ephemeris import TextRows, read_records
from ccsds.readers.text_layout import Layout, LayoutRules
from ccsds.readers.text_oem import build_oem
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.syntax.packed_times import PACKED_DAY_OF_YEAR

__all__ = ["read_itc"]

LAYOUT = Layout(
    kind="ITC",
    header_lines=4,
    times=(PACKED_DAY_OF_YEAR,),
    state_line=re.compile(r"[ \t]*[0-9]{7}"),
    rules=LayoutRules(
        header="ITC-010/header",
        state="ITC-010/state",
        time="ITC-010/time",
        covariance="ITC-010/covariance",
        partial="ITC-010/partial",
        order="ITC-010/order",
    ),
    covariance_lines=(7, 7, 7),
)
HEADER_RULES = HeaderRules(lines="ITC-010/header", value="ITC-010/value", frame="ITC-010/frame")


def read_itc(data: bytes, log: FindingLog, limits: Limits) -> Oem | None:  # noqa: ARG001
    """Read and check a Modified ITC ephemeris; None where nothing of it is usable."""
    lines = Lines(data)
    check_characters(lines, log)
    log.add("ITC-001", "states are read in EME2000 and UTC, as the handbook has it")
    header, first = read_on_orbit_header(lines, LAYOUT, HEADER_RULES, log)
    rows = read_records(lines, first, LAYOUT, log)
    _check_presence(rows, log)
    return build_oem(rows, header, lines, log)


def _check_presence(rows: TextRows, log: FindingLog) -> None:
    """Each state has its covariance."""
    has = rows.has_covariance()
    if has.all():
        return
    line = int(rows.line_indexes[(~has).argmax()]) + 1
    if has.any():
        message = f"{int((~has).sum())} of {has.size} states have no covariance"
        log.add(LAYOUT.rules.partial, message, line=line, column=1)
    else:
        log.add("ITC-010/none", "no state has a covariance", line=line, column=1)
