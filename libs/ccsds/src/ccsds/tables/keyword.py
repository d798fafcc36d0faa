"""What a row of a keyword table says."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

__all__ = ["Keyword", "KeywordTable", "Obligation", "keyword_table", "nearest_keyword"]

Obligation = Literal["M", "O", "C"]
KeywordTable = dict[str, "Keyword"]

LONGEST_MISSPELT = 40
LIKENESS = 0.85
"""Catches a letter or two that are wrong, and does not take one keyword for another."""


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
    shown_unit
        What a value with its unit ends in: ` [km]`; empty where the value has none.
    """

    name: str
    obligation: Obligation
    unit: str
    block: str
    order: int
    shown_unit: str


def keyword_table(*blocks: tuple[str, str]) -> KeywordTable:
    """Build a table from (block name, rows), a row being `KEYWORD obligation [unit]` on its own line."""
    rows: KeywordTable = {}
    for block, text in blocks:
        for line in text.strip().splitlines():
            name, obligation, unit = [*line.split(), ""][:3]
            if obligation not in {"M", "O", "C"}:
                raise ValueError(f"no obligation in table row {line!r}")
            rows[name] = Keyword(name, obligation, unit, block, len(rows), f" [{unit}]" if unit else "")  # type: ignore[arg-type]
    return rows


def nearest_keyword(name: str, table: KeywordTable) -> str | None:
    """The keyword that a misspelt one was probably meant to be; None where none is near."""
    if len(name) > LONGEST_MISSPELT:
        return None
    return next(iter(get_close_matches(name, table, n=1, cutoff=LIKENESS)), None)
