"""A message as nested blocks of statements, whatever syntax it came in: the layer between syntax and typed message.

Front-ends make documents of KVN, XML and JSON, back-ends write them. Values, numbers among them, are text here, as the
source wrote them. Blocks carry the element names of CCSDS 505.0-B-3; keywords are those of the standards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy.typing as npt

__all__ = ["NOWHERE", "Block", "Comment", "Document", "Item", "Place", "Rows", "Span", "Statement", "with_preamble"]

Span = tuple[int, int]
"""First byte and the one behind the last in the source."""


class Place(NamedTuple):
    """Where something stands: line and column from 1 (KVN, XML), path (XML, JSON)."""

    line: int | None = None
    column: int | None = None
    path: str | None = None


NOWHERE = Place()


@dataclass(slots=True)
class Comment:
    """One line of comment; `span` is the whole of it in the source, None in a document that was made."""

    text: str
    place: Place = NOWHERE
    span: Span | None = None


@dataclass(slots=True)
class Statement:
    """One keyword with its value.

    Attributes
    ----------
    value, unit
        As written; `unit` is None where none is shown. What is no number keeps its brackets in `value`.
    span, value_span
        The whole statement and its value alone in the source.
    """

    keyword: str
    value: str
    unit: str | None = None
    place: Place = NOWHERE
    span: Span | None = None
    value_span: Span | None = None


@dataclass(slots=True)
class Rows:
    """A block that is repeated thousands of times, as a table: the states of an OEM, or its covariance matrices.

    Attributes
    ----------
    name
        Element name of one row.
    columns
        Keywords.
    texts
        A tuple of texts a row, in the order of `columns`; empty text where the row has no such value.
    values
        The same as arrays of one entry a row, in a document made of a message; they tell rows apart without text.
    lines, path, first_index
        Line of each row, and path of the block, where the source has them; rows are counted from `first_index` there.
    spans
        Of each row in the source.
    comments
        Those that belong to the rows: in KVN behind COVARIANCE_START, in XML inside a `covarianceMatrix`.
    """

    name: str
    columns: tuple[str, ...]
    texts: Sequence[tuple[str, ...]] = field(default_factory=list)
    values: tuple[npt.NDArray[Any], ...] = ()
    lines: list[int] = field(default_factory=list)
    path: str | None = None
    first_index: int = 1
    spans: list[Span] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)

    def append(self, texts: tuple[str, ...], line: int, span: Span | None = None) -> None:
        """Add a row of the source."""
        if not isinstance(self.texts, list):
            self.texts = list(self.texts)
        self.texts.append(texts)
        self.lines.append(line)
        if span is not None:
            self.spans.append(span)

    def place_of(self, row: int) -> Place:
        """Where a row stands."""
        path = None if self.path is None else f"{self.path}[{row + self.first_index}]"
        return Place(self.lines[row] if self.lines else None, None, path)


@dataclass(slots=True)
class Block:
    """A named block: statements, comments, rows and blocks in the order of the source."""

    name: str
    items: list[Item] = field(default_factory=list)
    place: Place = NOWHERE
    span: Span | None = None

    def statements(self) -> Iterator[Statement]:
        """Its own statements, without those of the blocks in it."""
        return (item for item in self.items if isinstance(item, Statement))

    def comments(self) -> Iterator[Comment]:
        """Its own comments."""
        return (item for item in self.items if isinstance(item, Comment))

    def blocks(self) -> Iterator[Block]:
        """The blocks right inside it."""
        return (item for item in self.items if isinstance(item, Block))

    def rows(self) -> Iterator[Rows]:
        """The tables right inside it."""
        return (item for item in self.items if isinstance(item, Rows))

    def block(self, name: str) -> Block | None:
        """The last block of that name right inside it."""
        return next((block for block in reversed(self.items) if isinstance(block, Block) and block.name == name), None)


Item = Statement | Comment | Rows | Block


@dataclass(slots=True)
class Document:
    """A whole message: its kind, the statement that declares its version, and the blocks `header` and `body`.

    Attributes
    ----------
    preamble
        Statements that stand before the version line, as Space-Track writes them.
    version
        `CCSDS_OEM_VERS = 2.0`; None where the source declares none.
    root
        Holds `header` and `body`.
    """

    kind: str
    preamble: list[Statement] = field(default_factory=list)
    version: Statement | None = None
    root: Block = field(default_factory=lambda: Block(""))


def with_preamble(document: Document) -> Document:
    """The document with what stands before its version at the end of its header, where XML and JSON can hold it."""
    if not document.preamble or not document.root.items:
        return document
    first, *rest = document.root.items
    if not isinstance(first, Block):
        return document
    header = Block(first.name, [*first.items, *document.preamble], first.place, first.span)
    return Document(document.kind, [], document.version, Block("", [header, *rest]))
