"""Documents to KVN, line by line; the lines that readers get of a message in XML or JSON are these too."""

from __future__ import annotations

from collections.abc import Iterator

from ccsds.tree.document import Block, Comment, Document, Rows, Statement
from ccsds.tree.schema import BlockSchema, RowSchema, Schema
from ccsds.writers.kvn_lines import check_line

__all__ = ["KvnLines", "item_lines", "kvn_lines", "matrix_lines", "row_lines", "statement_line", "write_kvn_document"]

Origin = Comment | Statement | tuple[Rows, int] | None
KvnLines = Iterator[tuple[str, Origin]]
"""Lines with what each was made of: a row is its table and its number; None for markers and blank lines."""


def write_kvn_document(document: Document, schema: Schema) -> bytes:
    """Write a document as the standard wants it.

    Raises
    ------
    CannotWrite
        A line would be too long, or hold what KVN does not allow.
    """
    lines = []
    for line, origin in kvn_lines(document, schema):
        if not isinstance(origin, tuple):
            check_line(line.partition(" ")[0], line)
        lines.append(line)
    return ("\n".join(lines) + "\n").encode("ascii")


def kvn_lines(document: Document, schema: Schema) -> KvnLines:
    """The lines of a document."""
    for statement in document.preamble:
        yield statement_line(statement), statement
    if document.version is not None:
        yield statement_line(document.version), document.version
    for block in document.root.blocks():
        known = next((entry for entry in schema.blocks if entry.name == block.name), None)
        yield from _block_lines(block, known, schema)


def _block_lines(block: Block, known: BlockSchema | None, schema: Schema) -> KvnLines:
    markers = known.markers if known is not None else None
    if markers is not None:
        yield "", None
        yield markers[0], None
    for item in block.items:
        if isinstance(item, Block):
            inner = known.blocks if known is not None else ()
            yield from _block_lines(item, next((entry for entry in inner if entry.name == item.name), None), schema)
        else:
            yield from _leaf_lines(item, schema)
    if markers is not None:
        yield markers[1], None


def _leaf_lines(item: Comment | Statement | Rows, schema: Schema) -> KvnLines:
    if isinstance(item, Comment):
        yield f"COMMENT {item.text}", item
    elif isinstance(item, Statement):
        yield statement_line(item), item
    else:
        yield from _table_lines(item, schema.row_schemas[item.name])


def item_lines(item: Comment | Statement | Block, schema: Schema) -> list[str]:
    """The lines of one item, in the standard's form."""
    if not isinstance(item, Block):
        return [line for line, _ in _leaf_lines(item, schema)]
    known = next((path[-1] for path in schema.walk() if path[-1].name == item.name), None)
    return [line for line, _ in _block_lines(item, known, schema)]


def _table_lines(rows: Rows, known: RowSchema) -> KvnLines:
    if known.markers is not None:
        yield "", None
        yield known.markers[0], None
    for comment in rows.comments:
        yield f"COMMENT {comment.text}", comment
    for row, texts in enumerate(rows.texts):
        for line in row_lines(texts, known):
            yield line, (rows, row)
    if known.markers is not None:
        yield known.markers[1], None


def row_lines(texts: tuple[str, ...], known: RowSchema) -> list[str]:
    """The lines of one row: a state stands on one, a matrix on seven or eight."""
    if known.layout == "line":
        return [" ".join([text for text in texts if text])]
    return matrix_lines(texts)


def matrix_lines(texts: tuple[str, ...]) -> list[str]:
    """A covariance matrix: its epoch, its frame where it has one, and its lower triangle row by row."""
    epoch, frame, *values = texts
    lines = [f"EPOCH = {epoch}"]
    if frame:
        lines.append(f"COV_REF_FRAME = {frame}")
    start = 0
    for width in range(1, 7):
        lines.append(" ".join([text for text in values[start : start + width] if text]))
        start += width
    return lines


def statement_line(statement: Statement) -> str:
    """An assignment, with its unit if it shows one."""
    unit = "" if statement.unit is None or not statement.value else f" [{statement.unit}]"
    return f"{statement.keyword} = {statement.value}{unit}"
