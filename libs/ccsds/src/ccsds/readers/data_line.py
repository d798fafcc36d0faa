"""One ephemeris line of an OEM, looked at token by token."""

from __future__ import annotations

import re

from ccsds.readers.oem_rows import CovarianceRows, StateRows
from ccsds.readers.section import NOT_A_VALUE, NUMBER_MESSAGES
from ccsds.report import FindingLog
from ccsds.syntax.kvn import KvnLine
from ccsds.syntax.lines import Lines
from ccsds.syntax.numbers import MAX_DIGITS, number_hint, number_problem
from ccsds.syntax.times import read_time

__all__ = ["DataLineReader", "read_numbers", "where_count_breaks"]

TOKEN = re.compile(r"[^ ]+")
WITHOUT_ACCELERATIONS, WITH_ACCELERATIONS = 6, 9
SIX_NUMBERS = "Write an epoch, three positions and three velocities, blanks between."


class DataLineReader:
    """Reads ephemeris lines and reports what is wrong with each.

    Attributes
    ----------
    max_digits
        How many digits a number may have in that version.
    accelerations, julian_dates
        Whether the version has accelerations, and Julian dates for epochs.
    """

    def __init__(self, lines: Lines, log: FindingLog) -> None:
        self._lines = lines
        self._log = log
        self.max_digits = MAX_DIGITS
        self.accelerations = True
        self.julian_dates = False

    def take(self, parsed: KvnLine, index: int, rows: StateRows, *, utc: bool) -> None:
        """Read one line into the rows; a line that can't be read is dropped with its finding."""
        log, line = self._log, index + 1
        offset = int(self._lines.starts[index]) + parsed.column - 1
        tokens = [(m.group(), m.start()) for m in TOKEN.finditer(parsed.value)]
        units = [token for token in tokens if token[0].startswith("[")]
        for text, start in units:
            log.add("UNI-005", f"the unit {text} stands on an ephemeris line", line=line, column=parsed.column + start)
        if units:
            tokens = [tokens[0], *(token for token in tokens[1:] if "[" not in token[0] and "]" not in token[0])]
        epoch_text = tokens[0][0]
        epoch = read_time(epoch_text, utc=utc, julian_dates=self.julian_dates)
        if epoch.problem is not None:
            log.drop(epoch.problem, str(epoch.message), line=line, column=parsed.column)
        if epoch.zulu:
            rows.count_form("TIM-008", offset, epoch_text)
        if epoch.day_of_year:
            rows.count_form("STK-005", offset, epoch_text)
        values = read_numbers(tokens[1:], rows, log, self.max_digits, line=line, column=parsed.column, offset=offset)
        count = len(tokens) - 1
        allowed = (WITHOUT_ACCELERATIONS, WITH_ACCELERATIONS) if self.accelerations else (WITHOUT_ACCELERATIONS,)
        if count not in allowed:
            wanted = " or ".join(str(n) for n in allowed)
            meant = min(allowed, key=lambda n: abs(n - count))
            column = parsed.column + where_count_breaks(tokens, 1 + meant)
            if count == WITH_ACCELERATIONS:
                log.add("VER-002", "accelerations are not part of version 1.0", line=line, column=column)
            message = f"{count} numbers follow the epoch; {wanted} must"
            log.drop("OEM-022", message, line=line, column=column, hint=None if self.accelerations else SIX_NUMBERS)
        elif epoch.ns is not None and values is not None:
            rows.add(epoch.ns, epoch.leap_second, values, index)


def where_count_breaks(tokens: list[tuple[str, int]], wanted: int) -> int:
    """Position in the line of the first token too many; where tokens are missing, the one behind the last."""
    if len(tokens) > wanted:
        return tokens[wanted][1]
    text, start = tokens[-1]
    return start + len(text)


def read_numbers(
    tokens: list[tuple[str, int]],
    rows: StateRows | CovarianceRows,
    log: FindingLog,
    max_digits: int,
    *,
    line: int,
    column: int,
    offset: int,
) -> list[float] | None:
    """Read the numbers of a data line; None, with findings, where one is no number.

    Parameters
    ----------
    tokens
        Text and position in the line of each.
    rows
        Counts the tokens whose form breaks a rule but whose value is clear.
    line, column, offset
        Place of the line's first character: line and column from 1, byte offset from 0.
    """
    values: list[float] = []
    whole = True
    for text, start in tokens:
        value, problem = number_problem(text, max_digits)
        if problem in NOT_A_VALUE:
            message = f"{text!r} {NUMBER_MESSAGES[problem]}"
            log.drop(problem, message, line=line, column=column + start, hint=number_hint(text))
        elif problem is not None:
            rows.count_form(problem, offset + start, text)
        if "e" in text or "E" in text:
            rows.count_form("STK-001", offset + start, text)
        if value is None:
            whole = False
        else:
            values.append(value)
    return values if whole else None
