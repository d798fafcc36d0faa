"""What a row of a keyword table says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Keyword", "KeywordTable", "Obligation", "keyword_table"]

Obligation = Literal["M", "O", "C"]
KeywordTable = dict[str, "Keyword"]


@dataclass(frozen=True, slots=True)
class Keyword:
    """One row.

    Attributes
    ----------
    name
        The keyword.
    obligation
        Mandatory, optional or conditional.
    unit
        As it is shown in brackets; empty where the value has none.
    block
        Name of the logical block it belongs to.
    order
        Its place in the table, from 0.
    """

    name: str
    obligation: Obligation
    unit: str
    block: str
    order: int


def keyword_table(*blocks: tuple[str, str]) -> KeywordTable:
    """Build a table from (block name, rows), a row being `KEYWORD obligation [unit]` on its own line."""
    rows: KeywordTable = {}
    for block, text in blocks:
        for line in text.strip().splitlines():
            name, obligation, unit = [*line.split(), ""][:3]
            if obligation not in {"M", "O", "C"}:
                raise ValueError(f"no obligation in table row {line!r}")
            rows[name] = Keyword(name, obligation, unit, block, len(rows))  # type: ignore[arg-type]
    return rows
