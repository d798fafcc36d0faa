"""Which blocks a kind of message has, and which keywords stand in them: one schema for KVN, XML and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from ccsds.tables.keyword import Keyword, KeywordTable

__all__ = ["BlockSchema", "RowSchema", "Schema", "keywords_of"]

USER_DEFINED = "USER_DEFINED_"


@dataclass(frozen=True)
class RowSchema:
    """Blocks that stand as rows (the states and matrices of an OEM).

    Attributes
    ----------
    name
        Element name of one row.
    columns, optional
        Its keywords in order, and those of them that may be absent.
    units
        Unit of each column; empty where it has none.
    layout
        How KVN writes a row: all on one `line`, or as a `matrix` below its EPOCH.
    markers
        The KVN lines around all rows; empty where there are none.
    """

    name: str
    columns: tuple[str, ...]
    optional: frozenset[str]
    units: tuple[str, ...]
    layout: Literal["line", "matrix"]
    markers: tuple[str, str] | None = None


@dataclass(frozen=True)
class BlockSchema:
    """One kind of block.

    Attributes
    ----------
    name
        Its element name in XML and member name in JSON.
    keywords
        Rows of the keyword tables that stand right in it.
    blocks, rows
        What stands inside it.
    opens_with
        The keyword that begins another one of a repeated block; empty where the block stands once.
    markers
        The KVN lines around it; None where it has none.
    """

    name: str
    keywords: tuple[Keyword, ...] = ()
    blocks: tuple[BlockSchema, ...] = ()
    rows: tuple[RowSchema, ...] = ()
    opens_with: str = ""
    repeated: bool = False
    markers: tuple[str, str] | None = None


BlockPath = tuple[BlockSchema, ...]


@dataclass(frozen=True)
class Schema:
    """The blocks of one kind of message.

    Attributes
    ----------
    kind
        `OEM`, `CDM`, …
    blocks
        `header` and `body`.
    numbers
        Keywords whose values are numbers: JSON writes them as such.
    user_defined
        Name of the block that takes USER_DEFINED_x; empty where the kind has none.
    user_defined_stays
        Block and name of the USER_DEFINED_x that stay where they stand (maneuver notifications of 19 SDS); an empty
        name stands for all of that block.
    """

    kind: str
    blocks: tuple[BlockSchema, ...]
    numbers: frozenset[str]
    user_defined: str = ""
    user_defined_stays: frozenset[tuple[str, str]] = frozenset()

    @property
    def version_keyword(self) -> str:
        """The keyword that declares the version."""
        return f"CCSDS_{self.kind}_VERS"

    @cached_property
    def paths(self) -> dict[str, BlockPath]:
        """Keyword to the blocks that it stands in, from the outermost."""
        return {row.name: path for path in self.walk() for row in path[-1].keywords}

    @cached_property
    def units(self) -> dict[str, str]:
        """Keyword to its unit, for keywords that have one."""
        units = {row.name: row.unit for path in self.walk() for row in path[-1].keywords if row.unit}
        for path in self.walk():
            for rows in path[-1].rows:
                units |= {name: unit for name, unit in zip(rows.columns, rows.units, strict=True) if unit}
        return units

    @cached_property
    def orders(self) -> dict[str, int]:
        """Keyword to its place in the order of the standard."""
        return {row.name: row.order for path in self.paths.values() for row in path[-1].keywords}

    @cached_property
    def row_schemas(self) -> dict[str, RowSchema]:
        """The blocks that stand as rows, by name."""
        return {rows.name: rows for path in self.walk() for rows in path[-1].rows}

    def path_of(self, keyword: str, open_block: str = "") -> BlockPath | None:
        """The blocks that a keyword stands in; None where the schema does not know it or it stays in the open block."""
        path = self.paths.get(keyword)
        if path is None and self.user_defined and keyword.startswith(USER_DEFINED):
            name = keyword.removeprefix(USER_DEFINED)
            if {(open_block, name), (open_block, "")} & self.user_defined_stays:
                return None
            return next(path for path in self.walk() if path[-1].name == self.user_defined)
        return path

    def walk(self) -> Iterator[BlockPath]:
        """Every block, as the blocks that it stands in and itself."""
        stack: list[BlockPath] = [(block,) for block in reversed(self.blocks)]
        while stack:
            path = stack.pop()
            yield path
            stack += [(*path, block) for block in reversed(path[-1].blocks)]


def keywords_of(
    table: KeywordTable, block: str, *, only: Iterable[str] = (), without: Iterable[str] = ()
) -> tuple[Keyword, ...]:
    """The rows of one block of a keyword table: all of them, only some, or all without some."""
    wanted, unwanted = set(only), set(without)
    return tuple(
        row
        for row in table.values()
        if row.block == block and (not wanted or row.name in wanted) and row.name not in unwanted
    )
