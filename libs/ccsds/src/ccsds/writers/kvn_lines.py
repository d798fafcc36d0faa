"""Lines of KVN as the standard wants them."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from ccsds.errors import CannotWrite
from ccsds.syntax.number_text import format_number
from ccsds.syntax.times import format_time

__all__ = ["KvnText", "check_line"]

MAX_LINE = 254
LINE_BREAK = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


class KvnText:
    """Collects lines; a value of None is left out."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._assignments: list[tuple[str, str]] = []
        self._missing: list[str] = []

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
            The value is not finite.
        """
        if value is None:
            return
        if isinstance(value, np.datetime64):
            text = "" if np.isnat(value) else format_time(value)
        elif isinstance(value, str):
            text = value
        elif isinstance(value, int):
            text = str(value)
        else:
            text = format_number(float(value))
        if not text:
            self._missing.append(keyword)
        self._add(keyword, f"{keyword} = {text}" + (f" [{unit}]" if unit else ""))

    def _add(self, keyword: str, line: str) -> None:
        self._lines.append(line)
        self._assignments.append((keyword, line))

    def encode(self) -> bytes:
        """The text as a file of KVN, each line ended by LF.

        Raises
        ------
        CannotWrite
            A value is missing, or a line is too long or holds characters that KVN does not allow.
        """
        for keyword, line in self._assignments:
            check_line(keyword, line)
        if self._missing:
            raise CannotWrite(f"{self._missing[0]} has no value")
        return ("\n".join(self._lines) + "\n").encode("ascii")

    def for_documents(self) -> bytes:
        """The text on its way into a document, which any syntax may carry; values may be missing.

        Raises
        ------
        CannotWrite
            A value breaks its line.
        """
        if LINE_BREAK.search("".join([line for _, line in self._assignments])):
            keyword, line = next(entry for entry in self._assignments if LINE_BREAK.search(entry[1]))
            raise CannotWrite(f"{keyword}: {line!r} is more than one line")
        return ("\n".join(self._lines) + "\n").encode("utf-8")


def check_line(keyword: str, line: str) -> None:
    """Refuse a line that KVN can't hold.

    Raises
    ------
    CannotWrite
        The line is too long or holds characters that KVN does not allow.
    """
    if not (line.isascii() and line.isprintable()):
        raise CannotWrite(f"{keyword}: {line!r} holds characters that KVN does not allow")
    if len(line) > MAX_LINE:
        raise CannotWrite(f"{keyword}: the line would have {len(line)} characters; {MAX_LINE} are allowed")
