"""KVN to documents."""

from __future__ import annotations

from ccsds.syntax.kvn import parse_line
from ccsds.syntax.lines import Lines
from ccsds.tree.document import Document
from ccsds.tree.kvn_ephemeris import read_ephemeris
from ccsds.tree.kvn_lines import comment_of, statement_of
from ccsds.tree.placing import StatementPlacer
from ccsds.tree.schema import Schema

__all__ = ["read_kvn_document"]


def read_kvn_document(data: bytes, schema: Schema) -> Document:
    """Take a message apart without judging it; lines that say nothing are left out."""
    lines = Lines(data)
    if schema.row_schemas:
        return read_ephemeris(lines, schema)
    placer = StatementPlacer(schema)
    for index, text in enumerate(lines.texts()):
        parsed = parse_line(text)
        if parsed.kind == "comment":
            placer.comment(comment_of(parsed, lines, index))
        elif parsed.kind == "assignment":
            placer.statement(statement_of(parsed, lines, index, schema, text))
    return placer.finish()
