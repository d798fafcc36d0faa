"""Rows as they came: the exact text of each, and what identifies it."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spacetrack_gateway.pulling.columns import drift
from spacetrack_gateway.recurring import UnusableAnswerError

__all__ = ["NoIdentifierError", "PulledRow", "as_document", "ephemeris_names", "read_page"]

_DECODER: Final = json.JSONDecoder()
_NONE: Final = frozenset({"", "NONE", "N/A"})


class NoIdentifierError(UnusableAnswerError):
    """Rows lack the number by which they are pulled: the class has been changed, and a person has to look."""


@dataclass(frozen=True, kw_only=True)
class PulledRow:
    """One row of a page."""

    cdm_id: int
    gid: str
    text: str
    """As it stands in the page, from brace to brace."""
    values: dict[str, Any]
    flags: tuple[str, ...]
    """Unknown and missing columns."""

    @property
    def key(self) -> tuple[int, str]:
        """What makes it the same row when it comes again."""
        return self.cdm_id, self.gid

    @property
    def sha256(self) -> str:
        """Of its text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def read_page(body: bytes) -> list[PulledRow]:
    """Return the rows of a page that has been judged to be whole, in their order.

    Raises
    ------
    NoIdentifierError
        A row has no CDM_ID that is a number.
    """
    text = body.decode("utf-8")
    rows: list[PulledRow] = []
    seen: dict[frozenset[str], tuple[str, ...]] = {}
    for begin, end, values in _objects(text):
        columns = frozenset(values)
        if columns not in seen:
            seen[columns] = _flags(columns)
        rows.append(
            PulledRow(
                cdm_id=_number(values),
                gid=str(values.get("GID") or "").strip()[:40],
                text=text[begin:end],
                values=values,
                flags=seen[columns],
            )
        )
    return rows


def as_document(rows: Iterable[PulledRow]) -> bytes:
    """Return rows as an array, each with the text that it came with."""
    return ("[" + ",\n".join(row.text for row in rows) + "]").encode()


def ephemeris_names(values: dict[str, Any]) -> Sequence[str]:
    """Return the file names that a row says the objects' ephemerides had."""
    names = (str(values.get(f"SAT{n}_EPHEMERIS_NAME") or "").strip() for n in (1, 2))
    return [name for name in names if name.upper() not in _NONE]


def _objects(text: str) -> Iterable[tuple[int, int, dict[str, Any]]]:
    place = text.index("[") + 1
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        if place >= len(text) or text[place] == "]":
            return
        values, end = _DECODER.raw_decode(text, place)
        yield place, end, values
        place = end


def _number(values: dict[str, Any]) -> int:
    try:
        return int(str(values["CDM_ID"]).strip())
    except (KeyError, ValueError):
        raise NoIdentifierError(
            "rows of class cdm have no CDM_ID that is a number: the class has been changed at Space-Track"
        ) from None


def _flags(columns: frozenset[str]) -> tuple[str, ...]:
    unknown, missing = drift(columns)
    return (*(f"unknown-column:{name}"[:80] for name in unknown), *(f"missing-column:{name}" for name in missing))
