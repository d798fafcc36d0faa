"""A document as lines: where each begins and ends, for any of the terminators that CCSDS allows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

__all__ = ["Lines"]

LF = 10
TERMINATOR = re.compile(rb"\r\n|\n\r|\r|\n")


class Lines:
    r"""The lines of a document, numbered from 0 inside the library and from 1 in findings.

    Terminators are LF, CR LF, CR and LF CR (CCSDS 502.0-B-3 7.3.7). Lines are spans of the one byte string, so that
    a document of a million lines costs two arrays and no objects.

    Attributes
    ----------
    data
        The bytes.
    characters
        The same bytes as an array, shape (n_bytes,).
    starts, ends
        Offsets of each line without its terminator, shape (n_lines,).
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.characters: npt.NDArray[np.uint8] = np.frombuffer(data, dtype=np.uint8)
        self.starts, self.ends = _spans(data, self.characters)

    def __len__(self) -> int:
        return self.starts.size

    def text(self, index: int) -> str:
        """One line as text, without its terminator; bytes that are no UTF-8 become replacement characters."""
        return self.data[self.starts[index] : self.ends[index]].decode("utf-8", errors="replace")

    def texts(self) -> Iterator[str]:
        """Every line as text, as `text` gives it one by one."""
        spans = zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        if self.data.isascii():
            whole = self.data.decode("ascii")
            yield from (whole[start:end] for start, end in spans)
        else:
            yield from (self.data[start:end].decode("utf-8", errors="replace") for start, end in spans)

    def line_of(self, offset: int) -> int:
        """The line that holds a byte offset."""
        return int(np.searchsorted(self.starts, offset, side="right")) - 1

    def place_of(self, offset: int) -> tuple[int, int]:
        """Line and column of a byte offset, both from 1."""
        line = self.line_of(offset)
        return line + 1, offset - int(self.starts[line]) + 1


def _spans(data: bytes, characters: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    carriage_returns = data.count(b"\r")
    if carriage_returns == 0 or carriage_returns == data.count(b"\r\n"):
        breaks = np.flatnonzero(characters == LF)
        line_ends = breaks - 1 if carriage_returns else breaks
        if carriage_returns and carriage_returns != breaks.size:
            line_ends = breaks - (characters[np.maximum(breaks - 1, 0)] == ord("\r"))
        next_starts = breaks + 1
    else:
        places = (place for match in TERMINATOR.finditer(data) for place in match.span())
        spans = np.fromiter(places, dtype=np.int64).reshape(-1, 2)  # no object a line: there may be millions
        line_ends, next_starts = spans[:, 0], spans[:, 1]
    starts = np.concatenate(([0], next_starts))
    ends = np.concatenate((line_ends, [len(data)]))
    if starts[-1] == len(data):
        starts, ends = starts[:-1], ends[:-1]
    return starts.astype(np.int64), ends.astype(np.int64)
