"""The covariance section of one OEM segment."""

from __future__ import annotations

import numpy as np

from ccsds.readers.data_line import TOKEN, read_numbers, where_count_breaks
from ccsds.readers.ephemeris_block import read_covariance_block
from ccsds.readers.oem_rows import CovarianceRows
from ccsds.report import FindingLog
from ccsds.syntax.kvn import KvnLine
from ccsds.syntax.lines import Lines
from ccsds.syntax.times import TimeReading, read_time

__all__ = ["CovarianceSection"]

SIZE = 6
FIRST_BULK_LINES = 16
CHUNK_LINES = 8192


class CovarianceSection:
    """Reads matrices, each an EPOCH, an optional frame and six rows."""

    def __init__(self, lines: Lines, log: FindingLog, max_digits: int, *, utc: bool) -> None:
        self.rows = CovarianceRows()
        self._lines = lines
        self._log = log
        self._max_digits = max_digits
        self._utc = utc
        self._epoch: TimeReading | None = None
        self._epoch_index = 0
        self._frame: str | None = None
        self._triangle: list[float] = []
        self._row_count = 0
        self._sound = True
        self._last: int | None = None
        self._epoch_lines: np.ndarray[tuple[int], np.dtype[np.intp]] | None = None

    def take_comment(self, text: str) -> bool:
        """Take a comment; False where it does not stand right after COVARIANCE_START."""
        self.rows.comments.append(text)
        return self._epoch is None and not self.rows.count

    def take_assignment(self, parsed: KvnLine, index: int) -> None:
        """Take EPOCH or COV_REF_FRAME."""
        line = index + 1
        if parsed.keyword == "EPOCH":
            self.close_matrix(line)
            self._epoch = read_time(parsed.value, utc=self._utc)
            self._epoch_index = index
            if self._epoch.problem is not None:
                message = f"EPOCH: {self._epoch.message}"
                self._log.drop(self._epoch.problem, message, line=line, column=parsed.value_column)
            offset = int(self._lines.starts[index]) + parsed.value_column - 1
            if self._epoch.zulu:
                self.rows.count_form("TIM-008", offset, parsed.value)
            if self._epoch.day_of_year:
                self.rows.count_form("STK-005", offset, parsed.value)
        elif parsed.keyword == "COV_REF_FRAME":
            if self._epoch is None:
                message = "COV_REF_FRAME stands before the EPOCH of its matrix"
                self._log.add("OEM-031", message, line=line, column=parsed.column)
            elif self._row_count or self._frame is not None:
                message = "COV_REF_FRAME stands elsewhere than right below EPOCH"
                self._log.add("SYN-009", message, line=line, column=parsed.column, hint="Move it right below EPOCH.")
            self._frame = parsed.value or None
        else:
            message = f"{parsed.keyword} stands in the covariance section"
            self._log.drop("OEM-038", message, line=line, column=parsed.column)

    def take_row(self, parsed: KvnLine, index: int) -> None:
        """Take one row of the lower triangle."""
        line = index + 1
        if self._epoch is None:
            if self._sound:
                message = "a covariance row stands before the EPOCH of its matrix"
                self._log.drop("OEM-031", message, line=line, column=parsed.column)
            self._sound = False
            return
        self._row_count += 1
        tokens = [(m.group(), m.start()) for m in TOKEN.finditer(parsed.value)]
        if self._row_count > SIZE:
            self._log.drop("OEM-034", f"row {self._row_count} of a matrix of six", line=line, column=parsed.column)
            self._sound = False
            return
        offset = int(self._lines.starts[index]) + parsed.column - 1
        values = read_numbers(
            tokens, self.rows, self._log, self._max_digits, line=line, column=parsed.column, offset=offset
        )
        if len(tokens) != self._row_count:
            message = f"row {self._row_count} holds {len(tokens)} numbers; it must hold {self._row_count}"
            column = parsed.column + where_count_breaks(tokens, self._row_count)
            self._log.drop("OEM-034", message, line=line, column=column)
            self._sound = False
        elif values is None:
            self._sound = False
        else:
            self._triangle += values

    def close_matrix(self, line: int) -> None:
        """Finish the matrix that is being read; `line` is where it ends."""
        if self._epoch is not None:
            if self._row_count < SIZE:
                self._log.drop("OEM-034", f"a matrix ends after {self._row_count} of six rows", line=line)
            elif self._sound and self._epoch.ns is not None:
                self.rows.add(self._epoch.ns, self._epoch.leap_second, self._frame, self._triangle, self._epoch_index)
        self._epoch, self._frame, self._triangle = None, None, []
        self._row_count, self._sound = 0, True

    def read_in_bulk(self, index: int) -> tuple[int, int]:
        """Read clean matrices from `index` on; returns the next line and up to where to go line by line."""
        lines = self._lines
        if lines.data[lines.starts[index] : lines.starts[index] + 5] != b"EPOCH":
            return index, index
        if self._last is None:
            end = lines.data.find(b"COVARIANCE_STOP", lines.starts[index])
            self._last = lines.line_of(end) if end >= 0 else len(lines)
        last = self._last
        if last - index < FIRST_BULK_LINES:
            return index, index
        self.close_matrix(index)
        while index < last:
            stop = self._matrix_boundary(index, last)
            block = read_covariance_block(lines, index, stop, self._max_digits)
            if block is None:
                return index, stop
            self.rows.add_block(block)
            index = stop
        return index, index

    def _matrix_boundary(self, index: int, last: int) -> int:
        """The EPOCH line nearest below a chunk's length, so that chunks hold whole matrices."""
        if last - index <= CHUNK_LINES:
            return last
        if self._epoch_lines is None:
            self._epoch_lines = np.flatnonzero(self._lines.characters[self._lines.starts] == ord("E"))
        place = int(np.searchsorted(self._epoch_lines, index + CHUNK_LINES, side="right")) - 1
        boundary = int(self._epoch_lines[place])
        return boundary if boundary > index else last
