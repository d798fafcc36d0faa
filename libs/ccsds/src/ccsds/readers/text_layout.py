"""How an ephemeris in text stands on its lines: header, then records of a state line and lines of covariance."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ccsds.syntax.times import TimeReading

__all__ = ["Layout", "LayoutRules", "TimeForm"]

STATE_NUMBERS = 6


class TimeForm(Protocol):
    """A way of writing the time of a state; its text is the first tokens of the line, a blank between."""

    @property
    def title(self) -> str:
        """How messages call it."""

    @property
    def token_count(self) -> int:
        """How many tokens it takes."""

    def read(self, text: str) -> TimeReading:
        """Read one time."""

    def read_many(self, rows: npt.NDArray[np.uint8], shape: str) -> npt.NDArray[np.datetime64] | None:
        """Read many times of one shape; None where one needs a closer look."""


@dataclass(frozen=True, slots=True)
class LayoutRules:
    """Keys of the rules under which a format's faults are reported.

    Attributes
    ----------
    header
        Too few or too many header lines.
    state, time
        A state line without six numbers; its time.
    covariance, partial, order
        A covariance with the wrong number of lines or numbers; on some records only; before its state.
    """

    header: str
    state: str
    time: str
    covariance: str = ""
    partial: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of one format.

    Attributes
    ----------
    kind
        As reports call it.
    header_lines
        How many lines precede the first state.
    times
        Ways of writing the time; they differ in the number of tokens.
    state_line
        Tells a state line from any other, also one with faults.
    covariance_lines
        How many numbers stand on each line of a covariance; none for formats without.
    """

    kind: str
    header_lines: int
    times: tuple[TimeForm, ...]
    state_line: re.Pattern[str]
    rules: LayoutRules
    covariance_lines: tuple[int, ...] = ()

    @property
    def covariance_numbers(self) -> int:
        """How many numbers a covariance has."""
        return sum(self.covariance_lines)

    @property
    def record_lines(self) -> int:
        """How many lines a record has."""
        return 1 + len(self.covariance_lines)

    def is_state(self, text: str) -> bool:
        """Whether a line is a state line, or was meant to be one."""
        return self.state_line.match(text) is not None

    def time_of_width(self, token_count: int) -> TimeForm | None:
        """The way of writing the time of a state line with that many tokens."""
        return next((form for form in self.times if form.token_count + STATE_NUMBERS == token_count), None)
