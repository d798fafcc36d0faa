"""Two documents of one kind laid side by side: what of the one is what of the other.

`old` is what a source said, as the library would write it, `new` what the message says now. What is equal in the two
keeps the source's own text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np
import numpy.typing as npt

from ccsds.tree.document import Block, Comment, Item, Rows, Statement

__all__ = ["RowPairs", "keyed", "pair_blocks", "pair_comments", "pair_rows", "same_rows", "same_values", "unchanged"]

Key = tuple[str, int]


def keyed(block: Block) -> dict[Key, Statement]:
    """The statements of a block by keyword and how often it stood before."""
    found: dict[Key, Statement] = {}
    counts: dict[str, int] = {}
    for statement in block.statements():
        count = counts.get(statement.keyword, 0)
        counts[statement.keyword] = count + 1
        found[statement.keyword, count] = statement
    return found


def pair_comments(old: Sequence[Comment], new: Sequence[Comment]) -> Iterator[tuple[int | None, int | None]]:
    """Indexes of old and new comments that are equal; None beside one that only one side has."""
    yield from _pairs([comment.text for comment in old], [comment.text for comment in new])


def pair_blocks(old: Sequence[Block], new: Sequence[Block]) -> Iterator[tuple[int | None, int | None]]:
    """Indexes of old and new blocks of one name; as many as can be are paired, equal ones with each other."""
    if len(old) == len(new):
        yield from ((index, index) for index in range(len(old)))
        return
    yield from _pairs([_content(block) for block in old], [_content(block) for block in new])


def _pairs(old: Sequence[Any], new: Sequence[Any]) -> Iterator[tuple[int | None, int | None]]:
    for _, old_start, old_stop, new_start, new_stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        common = min(old_stop - old_start, new_stop - new_start)
        yield from ((old_start + index, new_start + index) for index in range(common))
        yield from ((index, None) for index in range(old_start + common, old_stop))
        yield from ((None, index) for index in range(new_start + common, new_stop))


def _content(block: Block) -> tuple[object, ...]:
    """What a block says, to tell whether another one says the same; tables by their length, and first and last row."""
    parts: list[object] = [block.name]
    for item in block.items:
        if isinstance(item, Statement):
            parts.append((item.keyword, item.value))
        elif isinstance(item, Rows):
            parts.append((item.name, len(item.texts), *[str(column[[0, -1]]) for column in item.values if column.size]))
        elif isinstance(item, Block):
            parts.append(_content(item))
    return tuple(parts)


@dataclass(frozen=True, slots=True)
class RowPairs:
    """Rows of a new table beside those of an old one.

    Attributes
    ----------
    partner
        The old row of each new one; -1 where there is none.
    same
        Whether the two hold the same values.
    """

    partner: npt.NDArray[np.int64]
    same: npt.NDArray[np.bool_]


def pair_rows(old: Rows, new: Rows) -> RowPairs:
    """Pair rows by their epochs; by their number where as many rows have other epochs throughout."""
    count = len(new.texts)
    if not old.values or not new.values or len(old.values) != len(new.values):
        nothing = np.full(count, -1, dtype=np.int64)
        return RowPairs(nothing, np.zeros(count, dtype=bool))
    before, after = old.values[0], new.values[0]
    partner = np.arange(count, dtype=np.int64)
    if not np.array_equal(before, after):
        by_epoch = _by_epoch(before, after)
        if before.size != count or np.any(by_epoch >= 0):
            partner = by_epoch
    same = partner >= 0
    for before, after in zip(old.values, new.values, strict=True):
        if before is after:
            continue
        same &= same_values(before[np.maximum(partner, 0)], after)
    return RowPairs(partner, same)


def _by_epoch(old: npt.NDArray[Any], new: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The old row of each new epoch, if each follows the one before."""
    partner = np.full(new.size, -1, dtype=np.int64)
    if not old.size or np.any(old[1:] <= old[:-1]) or np.any(new[1:] <= new[:-1]):
        return partner
    places = np.minimum(np.searchsorted(old, new), old.size - 1)
    found = old[places] == new
    partner[found] = places[found]
    return partner


def unchanged(new: Block, old: Block) -> bool:
    """Whether two documents of the library's own words say the same in a block."""
    if len(new.items) != len(old.items):
        return False
    return all(_same_item(ours, theirs) for ours, theirs in zip(new.items, old.items, strict=True))


def _same_item(new: Item, old: Item) -> bool:
    if isinstance(new, Block) and isinstance(old, Block):
        return new.name == old.name and unchanged(new, old)
    if isinstance(new, Rows) and isinstance(old, Rows):
        same_comments = [comment.text for comment in new.comments] == [comment.text for comment in old.comments]
        return new.name == old.name and same_comments and same_rows(new, old)
    if isinstance(new, Statement) and isinstance(old, Statement):
        return (new.keyword, new.value) == (old.keyword, old.value)
    return isinstance(new, Comment) and isinstance(old, Comment) and new.text == old.text


def same_rows(new: Rows, old: Rows) -> bool:
    """Whether two tables hold the same."""
    return len(new.texts) == len(old.texts) and bool(pair_rows(old, new).same.all())


def same_values(old: npt.NDArray[Any], new: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Where two arrays are equal; NaN equals NaN."""
    same: npt.NDArray[np.bool_] = old == new
    if old.dtype.kind == "f":
        same |= np.isnan(old) & np.isnan(new)
    return same
