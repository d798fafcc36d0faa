"""A line of KVN taken apart: blank, comment, assignment, marker or data."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

__all__ = ["KvnLine", "LineKind", "Unit", "parse_line", "split_unit"]

LineKind = Literal["blank", "comment", "assignment", "marker", "data", "other"]

PLAIN_ASSIGNMENT = re.compile(r"(?!COMMENT)([A-Z][A-Z0-9_]*) *= *([^ \t].*)\Z")
"""Nearly every line of a file that a program wrote; the rest is taken apart step by step."""
MARKER = re.compile(r"[A-Z][A-Z0-9_]*\Z")
DATA_START = frozenset("0123456789+-.")
COMMENT = "COMMENT"


class KvnLine(NamedTuple):
    """What a line says.

    `keyword` is that of an assignment or the text of a marker; `value` is the value, the comment's text, or the whole
    line without blanks around it; columns are from 1. `spaced` is False where COMMENT lacks its blank.
    """

    kind: LineKind
    keyword: str
    value: str
    column: int
    value_column: int
    spaced: bool = True


BLANK = KvnLine("blank", "", "", 1, 1)


class Unit(NamedTuple):
    """A value with the unit shown behind it; `unit` is None where none is."""

    value: str
    unit: str | None
    spaced: bool
    closed: bool


def parse_line(text: str) -> KvnLine:
    """Take one line apart; tabs count as blanks."""
    plain = PLAIN_ASSIGNMENT.match(text)
    if plain is not None and "\t" not in text:
        return KvnLine("assignment", plain[1], plain[2].rstrip(" "), 1, plain.start(2) + 1)
    if "\t" in text:
        text = text.replace("\t", " ")
    stripped = text.strip(" ")
    if not stripped:
        return BLANK
    column = len(text) - len(text.lstrip(" ")) + 1
    if stripped.startswith(COMMENT) and not _is_other_keyword(stripped):
        rest = text[column - 1 + len(COMMENT) :]
        spaced = not rest or rest[0] == " "
        return KvnLine("comment", COMMENT, rest[1:] if spaced else rest, column, column + len(COMMENT), spaced)
    if "=" in stripped:
        keyword, _, value = stripped.partition("=")
        value_column = column + len(stripped) - len(value.lstrip(" "))
        return KvnLine("assignment", keyword.rstrip(" "), value.lstrip(" "), column, value_column)
    if stripped[0] in DATA_START:
        return KvnLine("data", "", stripped, column, column)
    if MARKER.match(stripped):
        return KvnLine("marker", stripped, stripped, column, column)
    return KvnLine("other", "", stripped, column, column)


def _is_other_keyword(stripped: str) -> bool:
    """Whether a line that begins with COMMENT assigns to a longer keyword, such as COMMENT_ID."""
    return stripped[len(COMMENT) :].startswith("_")


def split_unit(value: str) -> Unit:
    """Take the unit off a value: `912 [m]`."""
    number, bracket, rest = value.partition("[")
    unit, close, after = rest.partition("]")
    if not bracket or after:
        return Unit(value, None, spaced=True, closed=True)
    return Unit(number.rstrip(" "), unit, spaced=number != number.rstrip(" "), closed=bool(close))
