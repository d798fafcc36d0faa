"""Checks of the texts of a section that need no message: case, and how times are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ccsds.readers.section import Section
from ccsds.report import FindingLog
from ccsds.syntax.times import read_time
from ccsds.tables.oem import normalised

__all__ = ["check_case", "check_times"]

RELATIVE_SYSTEMS = frozenset({"MET", "MRT"})


def check_case(section: Section, names: Sequence[str], log: FindingLog) -> None:
    """VAL-006: text is all upper case or all lower case."""
    for name in names:
        entry = section.entries.get(name)
        if entry is not None and entry.value not in {entry.value.upper(), entry.value.lower()}:
            log.add(
                "VAL-006", f"{name}: {entry.value!r} mixes upper and lower case", line=entry.line, column=entry.column
            )


def check_times(sections: Iterable[Section], keywords: Iterable[str], time_system: str, log: FindingLog) -> None:
    """TIM-008, TIM-009: a Z where the times are not UTC, a month where they count from a mission's event."""
    system = normalised(time_system)
    wanted = tuple(keywords)
    for section in sections:
        for keyword in wanted:
            entry = section.entries.get(keyword)
            if entry is None or not entry.value or system == "UTC":
                continue
            reading = read_time(entry.value, utc=False)
            if reading.ns is None:
                continue
            if reading.zulu:
                message = f"{keyword}: {entry.value} ends in Z although the time system is {time_system}"
                log.add("TIM-008", message, line=entry.line, column=entry.column)
            if system in RELATIVE_SYSTEMS and not reading.day_of_year:
                message = f"{keyword}: {entry.value} has a month, and {time_system} counts days from an event"
                log.add("TIM-009/relative", message, line=entry.line, column=entry.column)
