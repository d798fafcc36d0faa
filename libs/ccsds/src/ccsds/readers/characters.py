"""Checks of every text document: characters and line lengths."""

from __future__ import annotations

import numpy as np

from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines

__all__ = ["check_characters", "check_line_lengths", "invalid_utf8"]

PRINTABLE = bytes(range(0x20, 0x7F)) + b"\r\n"
TAB, SPACE, DELETE = 0x09, 0x20, 0x7F
MAX_LINE = 254
MAX_REPORTED = 100
"""How many places of one kind are reported one by one; the first says how many there are."""


def invalid_utf8(data: bytes) -> int | None:
    """Offset of the first byte that is no UTF-8; None where all are."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return None


def check_characters(lines: Lines, log: FindingLog) -> None:
    """SYN-002: report control characters, tabs and characters beyond ASCII, the first of each line."""
    if not lines.data.translate(None, PRINTABLE):
        return
    characters = lines.characters
    breaks = (characters == 0x0A) | (characters == 0x0D)
    tabs = characters == TAB
    control = ((characters < SPACE) & ~breaks & ~tabs) | (characters == DELETE)
    _report(lines, log, control, "SYN-002", "control character")
    _report(lines, log, tabs, "SYN-002/tab", "tab")
    broken = invalid_utf8(lines.data)
    if broken is not None:
        line, column = lines.place_of(broken)
        message = f"byte 0x{lines.data[broken]:02x} is neither ASCII nor valid UTF-8"
        log.add("SYN-002", message, line=line, column=column, hint="Save the file as ASCII.")
    else:
        beyond = (characters >= 0xC0) if characters.size else tabs
        _report(lines, log, beyond, "SYN-002/non-ascii", "character beyond ASCII")


def _report(
    lines: Lines, log: FindingLog, where: np.ndarray[tuple[int], np.dtype[np.bool_]], key: str, name: str
) -> None:
    offsets = np.flatnonzero(where)
    if not offsets.size:
        return
    on_lines, first = np.unique(np.searchsorted(lines.starts, offsets, side="right"), return_index=True)
    more = f" ({offsets.size} in the document)" if offsets.size > 1 else ""
    for place in first[:MAX_REPORTED]:
        line, column = lines.place_of(int(offsets[place]))
        code = lines.data[offsets[place]]
        named = name if key != "SYN-002" else f"{name} 0x{code:02x}"
        log.add(key, f"{named}{more}", line=line, column=column)
        more = ""
    if on_lines.size > MAX_REPORTED:
        log.add(key, f"{name} on {on_lines.size - MAX_REPORTED} more lines", line=int(on_lines[MAX_REPORTED]))


def check_line_lengths(lines: Lines, log: FindingLog, max_length: int = MAX_LINE) -> None:
    """SYN-003: report lines that are too long."""
    long = np.flatnonzero(lines.ends - lines.starts > max_length)
    for index in long[:MAX_REPORTED]:
        length = int(lines.ends[index] - lines.starts[index])
        message = f"the line has {length} characters, {max_length} are allowed"
        log.add("SYN-003", message, line=int(index) + 1, column=max_length + 1)
