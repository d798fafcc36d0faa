"""Lines of KVN as the standard wants them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from ccsds.errors import CannotWrite
from ccsds.syntax.number_text import format_number
from ccsds.syntax.times import format_time

__all__ = ["KvnText"]

MAX_LINE = 254
LINE_BREAK = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


class KvnText:
    """Collects lines; a value of None is left out."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._free: list[tuple[str, str]] = []

    def line(self, text: str = "") -> None:
        """Add a line as it is."""
        self._lines.append(text)

    def lines(self, texts: Iterable[str]) -> None:
        """Add many lines as they are."""
        self._lines.extend(texts)

    def comments(self, texts: Iterable[str]) -> None:
        """Add comment lines."""
        for text in texts:
            self._add("COMMENT", f"COMMENT {text}")

    def value(self, keyword: str, value: str | float | np.datetime64 | None, unit: str = "") -> None:
        """Add an assignment, with its unit if it has one.

        Raises
        ------
        CannotWrite
            The value is no number or no time.
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
        self._add(keyword, f"{keyword} = {text}" + (f" [{unit}]" if unit else ""))

    def _add(self, keyword: str, line: str) -> None:
        self._lines.append(line)
        self._free.append((keyword, line))

    def encode(self, *, for_kvn: bool = True) -> bytes:
        """The text, each line ended by LF.

        Parameters
        ----------
        for_kvn
            Whether the text is a file of KVN, or on its way into another syntax, which has its own bounds.

        Raises
        ------
        CannotWrite
            A line is too long or holds characters that KVN does not allow.
        """
        for keyword, line in self._free:
            allowed = line.isascii() and line.isprintable() if for_kvn else LINE_BREAK.search(line) is None
            if not allowed:
                raise CannotWrite(
                    f"{keyword}: {line!r} holds characters that {'KVN does' if for_kvn else 'lines do'} not allow"
                )
            if for_kvn and len(line) > MAX_LINE:
                raise CannotWrite(f"{keyword}: the line would have {len(line)} characters; {MAX_LINE} are allowed")
        return ("\n".join(self._lines) + "\n").encode("utf-8")
