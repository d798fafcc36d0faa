"""Lines of KVN as comments and statements of a document, each with its place and its bytes."""

from __future__ import annotations

from ccsds.syntax.kvn import KvnLine, split_unit
from ccsds.syntax.lines import Lines
from ccsds.tree.document import Comment, Place, Span, Statement
from ccsds.tree.schema import Schema

__all__ = ["comment_of", "line_span", "statement_of"]


def line_span(lines: Lines, index: int) -> Span:
    """The bytes of a line without its terminator."""
    return int(lines.starts[index]), int(lines.ends[index])


def comment_of(parsed: KvnLine, lines: Lines, index: int) -> Comment:
    """A comment line."""
    return Comment(parsed.value, Place(index + 1, parsed.column), line_span(lines, index))


def statement_of(parsed: KvnLine, lines: Lines, index: int, schema: Schema, text: str | None = None) -> Statement:
    """An assignment line; a unit is taken off what is a number by the tables, and off nothing else.

    `text` is the line's, where whoever asks has it at hand.
    """
    if text is None:
        text = lines.text(index)
    value, unit = parsed.value, None
    if parsed.keyword in schema.units or parsed.keyword in schema.numbers:
        shown = split_unit(parsed.value)
        value, unit = shown.value, shown.unit
    span = line_span(lines, index)
    start = span[0] + parsed.value_column - 1
    if not text.isascii():
        start = span[0] + len(text[: parsed.value_column - 1].encode())
    size = len(value) if value.isascii() else len(value.encode())
    return Statement(parsed.keyword, value, unit, Place(index + 1, parsed.column), span, (start, start + size))
