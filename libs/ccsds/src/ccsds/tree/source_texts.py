"""A document to write, with the number texts, units and times that its source had wherever the value is the same."""

from __future__ import annotations

from ccsds.tree.alignment import keyed, pair_blocks, pair_rows
from ccsds.tree.document import Block, Document, Item, Rows, Statement

__all__ = ["row_in_source_words", "with_source_texts"]


def with_source_texts(new: Document, old: Document, source: Document) -> Document:
    """Return `new` in the words of `source`.

    Parameters
    ----------
    new
        What the message says.
    old
        What the message said when it was read, in the library's words.
    source
        The same in the source's words.
    """
    version = _statement(new.version, old.version, source.version)
    return Document(new.kind, [], version, _block(new.root, old.root, source.root))


def _statement(new: Statement | None, old: Statement | None, source: Statement | None) -> Statement | None:
    if new is None or old is None or source is None or new.value != old.value:
        return new
    return Statement(new.keyword, source.value, source.unit)


def _block(new: Block, old: Block, source: Block) -> Block:
    old_statements, source_statements = keyed(old), keyed(source)
    replaced: dict[int, Item] = {}
    for key, statement in keyed(new).items():
        texts = _statement(statement, old_statements.get(key), source_statements.get(key))
        if texts is not None:
            replaced[id(statement)] = texts
    for name in {block.name for block in new.blocks()}:
        ours, theirs, said = ([block for block in side.blocks() if block.name == name] for side in (new, old, source))
        if len(theirs) != len(said):
            continue
        for before, after in pair_blocks(theirs, ours):
            if before is not None and after is not None:
                replaced[id(ours[after])] = _block(ours[after], theirs[before], said[before])
    for rows in new.rows():
        theirs_rows = next((table for table in old.rows() if table.name == rows.name), None)
        said_rows = next((table for table in source.rows() if table.name == rows.name), None)
        if theirs_rows is not None and said_rows is not None:
            replaced[id(rows)] = _rows(rows, theirs_rows, said_rows)
    return Block(new.name, [replaced.get(id(item), item) for item in new.items])


def _rows(new: Rows, old: Rows, source: Rows) -> Rows:
    source_texts = list(source.texts)
    if len(source_texts) > len(old.texts):  # a state that is repeated as it was is read once
        source_texts = [
            row for row, before in zip(source_texts, [None, *source_texts[:-1]], strict=True) if row != before
        ]
    if len(source_texts) != len(old.texts):
        return new
    pairs = pair_rows(old, new)
    texts: list[tuple[str, ...]] = []
    for row, (partner, same) in enumerate(zip(pairs.partner.tolist(), pairs.same.tolist(), strict=True)):
        if same:
            texts.append(source_texts[partner])
        elif partner < 0:
            texts.append(new.texts[row])
        else:
            texts.append(row_in_source_words(new.texts[row], old.texts[partner], source_texts[partner]))
    return Rows(new.name, new.columns, texts, values=new.values, comments=new.comments)


def row_in_source_words(new: tuple[str, ...], old: tuple[str, ...], source: tuple[str, ...]) -> tuple[str, ...]:
    """A row that was edited: values that are as they were keep the source's text."""
    return tuple(said if now == was else now for now, was, said in zip(new, old, source, strict=True))
