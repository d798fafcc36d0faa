"""Statements that come one after the other, as KVN has them, put into the blocks of their kind's schema."""

from __future__ import annotations

from ccsds.tree.document import Block, Comment, Document, Statement
from ccsds.tree.schema import BlockSchema, Schema

__all__ = ["StatementPlacer"]


class StatementPlacer:
    """Builds a document of a kind without markers: a keyword tells its block.

    A comment belongs to the block of the statement that follows it; a keyword that the schema does not know stays in
    the block that is open.
    """

    def __init__(self, schema: Schema) -> None:
        self.document = Document(schema.kind)
        self._schema = schema
        self._open: list[tuple[BlockSchema, Block]] = []
        self._path: tuple[BlockSchema, ...] | None = None
        self._openers: frozenset[str] = frozenset()
        self._comments: list[Comment] = []

    def comment(self, comment: Comment) -> None:
        """Take a comment."""
        self._comments.append(comment)

    def statement(self, statement: Statement) -> None:
        """Take a statement."""
        if statement.keyword == self._schema.version_keyword and self.document.version is None:
            self.document.version = statement
            return
        path = self._schema.path_of(statement.keyword, self._open[-1][0].name if self._open else "")
        if path is not None and path is self._path and statement.keyword not in self._openers:
            pass  # it stands in the block that is open, as most do
        elif path is not None and not self._leaves_object(path):
            self._enter(path, statement.keyword)
        elif self.document.version is None and not self._open:
            self.document.preamble.append(statement)
            return
        elif not self._open:
            self._enter(self._schema.blocks[:1], statement.keyword)
        self._flush()
        self._open[-1][1].items.append(statement)

    def _leaves_object(self, path: tuple[BlockSchema, ...]) -> bool:
        """Whether a keyword of what stands before the objects of a CDM stands in one of them: it is unknown there."""
        objects = {schema.name for schema, _ in self._open if schema.opens_with and schema.name == "segment"}
        return bool(objects) and not any(schema.name in objects for schema in path)

    def finish(self) -> Document:
        """The whole document; comments at its end belong to the last block."""
        if self._comments and not self._open:
            self._enter(self._schema.blocks[:1], "")
        self._flush()
        return self.document

    def _flush(self) -> None:
        if self._comments:
            self._open[-1][1].items += self._comments
            self._comments = []

    def _enter(self, path: tuple[BlockSchema, ...], keyword: str) -> None:
        """Open the blocks of a path: those that are open stay so, unless the keyword begins another one."""
        depth = 0
        for (schema, _), wanted in zip(self._open, path, strict=False):
            if schema is not wanted or (wanted.opens_with and wanted.opens_with == keyword):
                break
            depth += 1
        del self._open[depth:]
        for schema in path[depth:]:
            parent = self._open[-1][1] if self._open else self.document.root
            block = parent.block(schema.name)
            if block is None or (schema.opens_with and schema.opens_with == keyword):
                block = Block(schema.name)
                parent.items.append(block)
            self._open.append((schema, block))
        self._path = path
        self._openers = frozenset(schema.opens_with for schema in path)
