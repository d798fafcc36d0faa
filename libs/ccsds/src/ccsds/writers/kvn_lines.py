"""Lines of KVN as the standard wants them."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ccsds.errors import CannotWrite
from ccsds.syntax.number_text import format_number
from ccsds.syntax.times import format_time

__all__ = ["KvnText"]

MAX_LINE = 254


class KvnText:
    """Collects lines; a value of None is left out."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def line(self, text: str = "") -> None:
        """Add a line as it is."""
        self._lines.append(text)

    def lines(self, texts: Iterable[str]) -> None:
        """Add many lines as they are."""
        self._lines.extend(texts)

    def comments(self, texts: Iterable[str]) -> None:
        """Add comment lines."""
        for text in texts:
            self._checked("COMMENT", f"COMMENT {text}")

    def value(self, keyword: str, value: str | float | np.datetime64 | None, unit: str = "") -> None:
        """Add an assignment, with its unit if it has one.

        Raises
        ------
        CannotWrite
            The value is no number, no time, or text that a line can't hold.
        """
        if value is None:
            return
        if isinstance(value, np.datetime64):
            if np.isnat(value):
                raise CannotWrite(f"{keyword} has no time")
            text = format_time(value)
        elif isinstance(value, str):
            text = value
        elif isinstance(value, int):
            text = str(value)
        else:
            text = format_number(float(value))
        self._checked(keyword, f"{keyword} = {text}" + (f" [{unit}]" if unit else ""))

    def _checked(self, keyword: str, line: str) -> None:
        if not (line.isascii() and line.isprintable()):
            raise CannotWrite(f"{keyword}: {line!r} holds characters that KVN does not allow")
        if len(line) > MAX_LINE:
            raise CannotWrite(f"{keyword}: the line would have {len(line)} characters; {MAX_LINE} are allowed")
        self._lines.append(line)

    def encode(self) -> bytes:
        """The text, each line ended by LF."""
        return ("\n".join(self._lines) + "\n").encode("ascii")
