"""Ephemerides in text: records read in bulk where they are clean and line by line where they are not."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ccsds.readers.data_line import TOKEN, where_count_breaks
from ccsds.readers.ephemeris_block import FormCount
from ccsds.readers.section import NOT_A_VALUE, NUMBER_MESSAGES
from ccsds.readers.text_block import ANY_DIGITS, TextBlock, read_text_block
from ccsds.readers.text_layout import STATE_NUMBERS, Layout
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.syntax.numbers import number_hint, number_problem

__all__ = ["TextRows", "first_state_line", "read_records"]

CHUNK_LINES = 8192
SEARCHED_LINES = 64
Tokens = list[tuple[str, int]]


@dataclass(slots=True)
class TextRows:
    """Every record that could be read, in the order of the lines.

    Attributes
    ----------
    epochs, leap_second
        datetime64[ns] UTC, and whether the text reads :60; shape (n,).
    states
        Positions in km and velocities in km/s, shape (n, 6).
    covariances
        The numbers of each covariance, NaN where a record has none, shape (n, k).
    line_indexes
        Index of the state line of each, shape (n,).
    forms
        Numbers whose form a profile may ask about.
    """

    epochs: npt.NDArray[np.datetime64]
    leap_second: npt.NDArray[np.bool_]
    states: npt.NDArray[np.float64]
    covariances: npt.NDArray[np.float64]
    line_indexes: npt.NDArray[np.int64]
    forms: dict[str, FormCount]

    def has_covariance(self) -> npt.NDArray[np.bool_]:
        """Whether each record has one, shape (n,)."""
        if not self.covariances.shape[1]:
            return np.zeros(self.epochs.size, dtype=bool)
        return np.asarray(~np.isnan(self.covariances[:, 0]))

    def chosen(self, keep: npt.NDArray[np.bool_]) -> TextRows:
        """Only the rows of a mask of shape (n,)."""
        return TextRows(
            self.epochs[keep],
            self.leap_second[keep],
            self.states[keep],
            self.covariances[keep],
            self.line_indexes[keep],
            self.forms,
        )


def first_state_line(lines: Lines, layout: Layout) -> int | None:
    """Index of the first line that is a state, among the first lines; None where there is none."""
    searched = min(len(lines), layout.header_lines + SEARCHED_LINES)
    return next((index for index in range(searched) if layout.is_state(lines.text(index))), None)


def read_records(lines: Lines, first: int, layout: Layout, log: FindingLog) -> TextRows:
    """Read all records from line `first` on; what can't be read is dropped with its finding."""
    reader = _RecordReader(lines, layout, log)
    filled = np.flatnonzero(lines.ends > lines.starts)
    filled = filled[filled >= first]
    place = 0
    while place < filled.size:
        stop = min(place + CHUNK_LINES // layout.record_lines * layout.record_lines, filled.size)
        block = read_text_block(lines, int(filled[place]), int(filled[stop - 1]) + 1, layout)
        if block is not None:
            reader.add_block(block)
            place = stop
            continue
        while place < filled.size and (place < stop or not layout.is_state(lines.text(int(filled[place])))):
            reader.take(int(filled[place]))
            place += 1
    return reader.rows()


@dataclass
class _RecordReader:
    lines: Lines
    layout: Layout
    log: FindingLog
    blocks: list[TextBlock] = field(default_factory=list)
    leap_lines: list[int] = field(default_factory=list)
    forms: dict[str, FormCount] = field(default_factory=dict)
    _state: tuple[np.datetime64, list[float]] | None = None
    _state_index: int | None = None
    _covariance: list[float] = field(default_factory=list)
    _covariance_lines: int = 0
    _sound: bool = True

    def add_block(self, block: TextBlock) -> None:
        """Take many records at once."""
        self._close()
        self.blocks.append(block)
        self._count_forms(block.forms)

    def take(self, index: int) -> None:
        """Take one line."""
        text = self.lines.text(index)
        tokens = [(match.group(), match.start()) for match in TOKEN.finditer(text.replace("\t", " "))]
        if not tokens:
            return
        if not self.layout.covariance_lines or self.layout.is_state(text):
            self._close()
            self._take_state(tokens, index)
        else:
            self._take_covariance(tokens, index)

    def rows(self) -> TextRows:
        """Everything that was read."""
        self._close()
        size = self.layout.covariance_numbers
        if not self.blocks:
            none = np.empty(0, dtype=np.int64)
            return TextRows(
                none.astype("datetime64[ns]"), none.astype(bool), np.empty((0, 6)), np.empty((0, size)), none, {}
            )
        line_indexes = np.concatenate([block.line_indexes for block in self.blocks])
        return TextRows(
            epochs=np.concatenate([block.epochs for block in self.blocks]),
            leap_second=np.isin(line_indexes, self.leap_lines),
            states=np.concatenate([block.states for block in self.blocks]),
            covariances=np.concatenate(
                [
                    block.covariances if block.covariances is not None else np.full((block.epochs.size, size), np.nan)
                    for block in self.blocks
                ]
            ),
            line_indexes=line_indexes,
            forms=self.forms,
        )

    def _take_state(self, tokens: Tokens, index: int) -> None:
        layout, line = self.layout, index + 1
        self._state_index = index
        form = layout.time_of_width(len(tokens))
        if form is None:
            form = next((each for each in layout.times if len(tokens) >= each.token_count), layout.times[0])
            wanted = form.token_count + STATE_NUMBERS
            message = f"{len(tokens) - form.token_count} numbers follow the time; {STATE_NUMBERS} must"
            column = where_count_breaks(tokens, wanted) + 1
            self.log.drop(layout.rules.state, message, line=line, column=column)
            self._sound = False
        time = form.read(" ".join(text for text, _ in tokens[: form.token_count]))
        if time.problem is not None or time.ns is None:
            self.log.drop(layout.rules.time, str(time.message), line=line, column=tokens[0][1] + 1)
            self._sound = False
        values = self._numbers(tokens[form.token_count :], line)
        if not self._sound or values is None:
            self._sound = False
            return
        if time.leap_second:
            self.leap_lines.append(index)
        self._state = (time.epoch, values)

    def _take_covariance(self, tokens: Tokens, index: int) -> None:
        layout, line, column = self.layout, index + 1, tokens[0][1] + 1
        if self._state_index is None:
            if self._sound:
                message = "a covariance line stands before its state line"
                self.log.drop(layout.rules.order, message, line=line, column=column)
            self._sound = False
            return
        self._covariance_lines += 1
        values = self._numbers(tokens, line) if self._sound else None
        if self._covariance_lines > len(layout.covariance_lines):
            message = (
                f"covariance line {self._covariance_lines} of the state on line {self._state_index + 1}; "
                f"{len(layout.covariance_lines)} are expected"
            )
        else:
            wanted = layout.covariance_lines[self._covariance_lines - 1]
            if len(tokens) == wanted:
                self._covariance += values or []
                self._sound = self._sound and values is not None
                return
            message = f"{len(tokens)} numbers stand on covariance line {self._covariance_lines}; {wanted} must"
            column = where_count_breaks(tokens, wanted) + 1
        if self._sound:
            self.log.drop(layout.rules.covariance, message, line=line, column=column)
        self._sound = False

    def _numbers(self, tokens: Tokens, line: int) -> list[float] | None:
        values: list[float] = []
        for text, start in tokens:
            value, problem = number_problem(text, ANY_DIGITS)
            if value is None:
                message = f"{text!r} {NUMBER_MESSAGES[problem or 'VAL-003']}"
                key = problem if problem in NOT_A_VALUE else "VAL-003"
                self.log.drop(key, message, line=line, column=start + 1, hint=number_hint(text))
                continue
            values.append(value)
            if "e" in text.lower():
                self._count_forms({"STK-001": FormCount(1, int(self.lines.starts[line - 1]) + start, text)})
        return values if len(values) == len(tokens) else None

    def _count_forms(self, forms: dict[str, FormCount]) -> None:
        for key, form in forms.items():
            known = self.forms.get(key)
            if known is None:
                self.forms[key] = form
            else:
                known.count += form.count

    def _close(self) -> None:
        """Finish the record that is being read."""
        index, layout = self._state_index, self.layout
        missing = len(layout.covariance_lines) - self._covariance_lines
        if index is not None and self._sound and self._covariance_lines and missing > 0:
            message = f"the covariance of this state ends after {self._covariance_lines} of its lines"
            self.log.drop(layout.rules.covariance, message, line=index + 1)
            self._sound = False
        if index is not None and self._sound and self._state is not None:
            epoch, values = self._state
            self.blocks.append(
                TextBlock(
                    np.array([epoch]),
                    np.array([values]),
                    np.array([self._covariance]) if self._covariance else None,
                    np.array([index], dtype=np.int64),
                    {},
                )
            )
        self._state, self._state_index = None, None
        self._covariance, self._covariance_lines = [], 0
        self._sound = True
