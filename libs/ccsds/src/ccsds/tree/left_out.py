"""What a source states and a message made of it does not hold: it can't follow into another format."""

from __future__ import annotations

from collections import Counter

from ccsds.tree.document import Document

__all__ = ["left_out"]


def left_out(said: Document, old: Document, new: Document) -> tuple[str, ...]:
    """Sentences about the statements of a source that no message holds.

    Parameters
    ----------
    said
        The source in its own words.
    old
        What the message said when it was read: a keyword that is only there was taken out by an edit.
    new
        What the message says: a keyword that is only here was given a value by an edit.
    """
    missing = _keywords(said) - (_keywords(old) | _keywords(new))
    return tuple(
        f"{keyword} is left out{f' {count} times' if count > 1 else ''}: the message can't hold the value it has here"
        for keyword, count in missing.items()
    )


def _keywords(document: Document) -> Counter[str]:
    """How often each keyword stands; the same statement twice in a block says nothing new."""
    counts: Counter[str] = Counter()
    blocks = [document.root]
    while blocks:
        block = blocks.pop()
        stated = dict.fromkeys((statement.keyword, statement.value) for statement in block.statements())
        counts.update(keyword for keyword, value in stated if value)
        blocks += block.blocks()
    return counts
