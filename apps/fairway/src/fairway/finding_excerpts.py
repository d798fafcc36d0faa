"""The line that a finding is about, with a caret under the place, as compilers show it."""

import json
from dataclasses import dataclass

from rich.cells import cell_len

__all__ = ["Excerpt", "excerpt"]

_WIDTH = 120
_BEFORE = 60
"""Of a line that is too long, so much is shown before the place."""


@dataclass(frozen=True)
class Excerpt:
    """A line, or the part of it around a place, and the blanks before the caret; None where there is no column."""

    text: str
    indent: int | None


def excerpt(line: bytes, column: int | None) -> Excerpt:
    """Return what to show of a line; control characters stand as escapes.

    Parameters
    ----------
    line
        Without its end.
    column
        From 1, counted in bytes.

    """
    place = min((column or 1) - 1, len(line))
    begin = 0 if place <= _WIDTH - _BEFORE // 2 else place - _BEFORE
    before, after = line[begin:place], line[place : begin + _WIDTH]
    head = ("…" if begin else "") + _shown(before)
    tail = _shown(after) + ("…" if begin + _WIDTH < len(line) else "")
    return Excerpt(head + tail, None if column is None else cell_len(head))


def _shown(part: bytes) -> str:
    text = part.decode("utf-8", errors="replace")
    return json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("\x7f", "\\u007f")
