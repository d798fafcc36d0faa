"""An edited message written into the bytes of its source: only what was edited changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from ccsds.tree.alignment import keyed, pair_blocks, pair_comments, pair_rows, same_rows, unchanged
from ccsds.tree.document import Block, Comment, Document, Item, Rows, Span, Statement
from ccsds.tree.source_texts import row_in_source_words

__all__ = ["InPlace", "NotInPlace", "edited_source"]


class NotInPlace(Exception):
    """The edit can't be made in the source's bytes."""


class InPlace(Protocol):
    """How one syntax changes its bytes."""

    def value(self, source: Statement, value: str) -> tuple[Span, bytes]:
        """The bytes of a statement's new value, and what they replace."""

    def text(self, source: Comment, text: str) -> bytes:
        """The bytes of a comment's new text; they replace the whole of it."""

    def row(self, rows: Rows, span: Span, texts: tuple[str, ...]) -> bytes:
        """The bytes of a row's new texts; they replace the whole of it."""

    def after(self, span: Span, items: Iterable[Item]) -> bytes:
        """The bytes of new items to put right behind what stands at a span."""

    def before(self, span: Span, items: Iterable[Item]) -> bytes:
        """The bytes of new items to put right before what stands at a span."""

    def removal(self, span: Span) -> Span:
        """What to take away with what stands at a span."""


def edited_source(data: bytes, new: Document, old: Document, source: Document, syntax: InPlace) -> bytes:
    """The source's bytes with the difference between two documents made in them.

    Parameters
    ----------
    new
        What the message says.
    old
        What the message said when it was read, in the library's words.
    source
        The same in the source's words, with its spans.

    Raises
    ------
    NotInPlace
        The difference is none of values, comments, rows and blocks that come and go.
    """
    editor = _Editor(syntax)
    if new.version is not None and old.version is not None and new.version.value != old.version.value:
        if source.version is None or source.version.value_span is None:
            raise NotInPlace
        editor.replace(*syntax.value(source.version, new.version.value))
    editor.edit(new.root, old.root, source.root)
    return editor.apply(data)


class _Editor:
    def __init__(self, syntax: InPlace) -> None:
        self._syntax = syntax
        self._edits: list[tuple[int, int, bytes]] = []

    def replace(self, span: Span, content: bytes) -> None:
        """Note an edit."""
        self._edits.append((*span, content))

    def apply(self, data: bytes) -> bytes:
        """The data with every edit made.

        Raises
        ------
        NotInPlace
            Two edits change the same bytes.
        """
        parts: list[bytes] = []
        position = 0
        for start, stop, content in sorted(self._edits, key=lambda edit: edit[:2]):
            if start < position:
                raise NotInPlace
            parts += [data[position:start], content]
            position = stop
        return b"".join([*parts, data[position:]])

    def edit(self, new: Block, old: Block, source: Block) -> None:
        """Make the differences inside one block."""
        linked: dict[int, Span | None] = {}
        self._statements(new, old, source, linked)
        self._comments(list(new.comments()), list(old.comments()), list(source.comments()), linked)
        for name in dict.fromkeys(block.name for side in (new, old) for block in side.blocks()):
            ours, theirs, said = ([b for b in side.blocks() if b.name == name] for side in (new, old, source))
            self._blocks(ours, theirs, said, linked)
        for name in dict.fromkeys(rows.name for side in (new, old) for rows in side.rows()):
            new_rows, old_rows, said_rows = ([t for t in side.rows() if t.name == name] for side in (new, old, source))
            self._tables(new_rows, old_rows, said_rows, linked)
        self._insert(new, linked)

    def _insert(self, new: Block, linked: dict[int, Span | None]) -> None:
        """Put what is not in the source behind the item that it follows, or before the one that it comes first of."""
        anchor: Span | None = None
        pending: list[Item] = []
        for item in [*new.items, None]:
            if item is not None and id(item) not in linked:
                pending.append(item)
                continue
            span = None if item is None else linked[id(item)]
            if item is not None and span is None:
                continue  # stands elsewhere in the source, unchanged
            if pending:
                if anchor is not None:
                    self.replace((anchor[1], anchor[1]), self._syntax.after(anchor, pending))
                elif span is not None:
                    self.replace((span[0], span[0]), self._syntax.before(span, pending))
                else:
                    raise NotInPlace
                pending = []
            anchor = span

    def _statements(self, new: Block, old: Block, source: Block, linked: dict[int, Span | None]) -> None:
        ours, theirs, said = keyed(new), keyed(old), keyed(source)
        for key, statement in ours.items():
            before, place = theirs.get(key), said.get(key)
            unchanged = before is not None and before.value == statement.value
            if place is None:
                if before is not None and not unchanged:
                    raise NotInPlace
                if before is not None:
                    linked[id(statement)] = None
                continue
            linked[id(statement)] = place.span
            if not unchanged:
                self.replace(*self._syntax.value(place, statement.value))
        for key in theirs.keys() - ours.keys():
            self._remove(said[key].span if key in said else None)

    def _remove(self, span: Span | None) -> None:
        if span is None:
            raise NotInPlace
        self.replace(self._syntax.removal(span), b"")

    def _comments(
        self, ours: list[Comment], theirs: list[Comment], said: list[Comment], linked: dict[int, Span | None]
    ) -> None:
        same_as_source = [comment.text for comment in theirs] == [comment.text for comment in said]
        for before, after in pair_comments(theirs, ours):
            if before is not None and after is not None and theirs[before].text == ours[after].text:
                linked[id(ours[after])] = said[before].span if same_as_source else None
                continue
            if not same_as_source:
                raise NotInPlace
            if before is None:
                continue
            if after is None:
                self._remove(said[before].span)
                continue
            span = said[before].span
            if span is None:
                raise NotInPlace
            linked[id(ours[after])] = span
            self.replace(span, self._syntax.text(said[before], ours[after].text))

    def _blocks(
        self, ours: list[Block], theirs: list[Block], said: list[Block], linked: dict[int, Span | None]
    ) -> None:
        if len(theirs) != len(said):
            if len(ours) != len(theirs) or not all(map(unchanged, ours, theirs)):
                raise NotInPlace
            linked.update((id(block), None) for block in ours)
            return
        for before, after in pair_blocks(theirs, ours):
            if before is not None and after is not None:
                linked[id(ours[after])] = span_of(said[before])
                self.edit(ours[after], theirs[before], said[before])
            elif before is not None:
                self._remove(span_of(said[before]))

    def _tables(self, ours: list[Rows], theirs: list[Rows], said: list[Rows], linked: dict[int, Span | None]) -> None:
        if not theirs and not said:
            return
        if not (len(ours) == len(theirs) == len(said) == 1):
            raise NotInPlace
        new, old, source = ours[0], theirs[0], said[0]
        linked[id(new)] = span_of_rows(source)
        comments: dict[int, Span | None] = {}
        self._comments(new.comments, old.comments, source.comments, comments)
        added = [comment for comment in new.comments if id(comment) not in comments]
        if added:
            first = source.spans[0]
            self.replace((first[0], first[0]), self._syntax.before(first, added))
        if len(source.spans) == len(old.texts):
            self._rows(new, old, source)
        elif not same_rows(new, old):
            raise NotInPlace

    def _rows(self, new: Rows, old: Rows, source: Rows) -> None:
        pairs = pair_rows(old, new)
        kept = set(pairs.partner.tolist())
        for row in range(len(old.texts)):
            if row not in kept:
                self._remove(source.spans[row])
        anchor: Span | None = None
        for row, (partner, same) in enumerate(zip(pairs.partner.tolist(), pairs.same.tolist(), strict=True)):
            if partner >= 0:
                anchor = source.spans[partner]
                if not same:
                    texts = row_in_source_words(new.texts[row], old.texts[partner], source.texts[partner])
                    self.replace(anchor, self._syntax.row(new, anchor, texts))
                continue
            alone: list[Item] = [Rows(new.name, new.columns, [new.texts[row]])]
            if anchor is not None:
                self.replace((anchor[1], anchor[1]), self._syntax.after(anchor, alone))
            else:
                first = source.spans[0]
                self.replace((first[0], first[0]), self._syntax.before(first, alone))


def span_of_rows(rows: Rows) -> Span | None:
    """From the first row to the last."""
    return (rows.spans[0][0], rows.spans[-1][1]) if rows.spans else None


def span_of(block: Block) -> Span | None:
    """A block's own span, or from its first item to its last where the syntax does not mark blocks."""
    if block.span is not None:
        return block.span
    spans: list[Span] = []
    for item in block.items:
        span = span_of(item) if isinstance(item, Block) else span_of_rows(item) if isinstance(item, Rows) else item.span
        if span is not None:
            spans.append(span)
    return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else None
