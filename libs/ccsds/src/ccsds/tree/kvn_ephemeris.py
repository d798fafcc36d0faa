"""KVN with markers and data lines (OEM) to a document."""

from __future__ import annotations

from ccsds.syntax.kvn import KvnLine, parse_line
from ccsds.syntax.lines import Lines
from ccsds.tree.document import Block, Document, Rows
from ccsds.tree.kvn_lines import comment_of, line_span, statement_of
from ccsds.tree.schema import Schema

__all__ = ["read_ephemeris"]


def read_ephemeris(lines: Lines, schema: Schema) -> Document:
    """Take an ephemeris message apart: header, then segments of metadata, states and matrices."""
    reader = _EphemerisReader(lines, schema)
    for index in range(len(lines)):
        reader.take(index)
    return reader.finish()


class _EphemerisReader:
    def __init__(self, lines: Lines, schema: Schema) -> None:
        self._lines = lines
        self._schema = schema
        self._document = Document(schema.kind)
        self._body = Block("body")
        self._block = Block("header")
        self._document.root.items += [self._block, self._body]
        self._states = Rows("", ())
        self._matrices: Rows | None = None
        self._matrix: list[str] = []
        self._first = self._last = 0
        self._in_matrices = False

    def take(self, index: int) -> None:
        """Take one line."""
        start = int(self._lines.starts[index])
        text = self._lines.text(index)
        if self._block.name == "data" and not self._in_matrices and self._lines.data[start : start + 1].isdigit():
            self._take_state(text, index)
            return
        parsed = parse_line(text)
        match parsed.kind:
            case "comment":
                comments = self._matrices.comments if self._in_matrices and self._matrices else self._block.items
                comments.append(comment_of(parsed, self._lines, index))
            case "assignment":
                self._take_assignment(parsed, index)
            case "marker":
                self._take_marker(parsed.keyword)
            case "data" if self._in_matrices:
                self._matrix += parsed.value.split()
                self._last = index
            case "data" if self._block.name == "data":
                self._take_state(parsed.value, index)
            case _:
                pass

    def finish(self) -> Document:
        """The whole document."""
        self._close_matrix()
        return self._document

    def _take_marker(self, marker: str) -> None:
        match marker:
            case "META_START":
                self._close_matrix()
                self._in_matrices, self._matrices = False, None
                self._block = Block("metadata")
                self._body.items.append(Block("segment", [self._block]))
            case "META_STOP" if self._block.name == "metadata":
                self._block = Block("data")
                states, _ = self._schema.row_schemas.values()
                self._states = Rows(states.name, states.columns)
                self._segment().items.append(self._block)
            case "COVARIANCE_START" if self._block.name == "data":
                self._in_matrices = True
                if self._matrices is None:
                    _, matrices = self._schema.row_schemas.values()
                    self._matrices = Rows(matrices.name, matrices.columns)
                    self._block.items.append(self._matrices)
            case "COVARIANCE_STOP":
                self._close_matrix()
                self._in_matrices = False
            case _:
                pass

    def _segment(self) -> Block:
        segment = self._body.block("segment")
        if segment is None:
            raise LookupError("no segment is open")
        return segment

    def _take_assignment(self, parsed: KvnLine, index: int) -> None:
        if self._in_matrices:
            if parsed.keyword == "EPOCH":
                self._close_matrix()
                self._matrix = [parsed.value, ""]
                self._first = self._last = index
            elif parsed.keyword == "COV_REF_FRAME" and self._matrix:
                self._matrix[1] = parsed.value
                self._last = index
            return
        statement = statement_of(parsed, self._lines, index, self._schema)
        if parsed.keyword == self._schema.version_keyword and self._document.version is None:
            self._document.version = statement
        else:
            self._block.items.append(statement)

    def _take_state(self, text: str, index: int) -> None:
        rows = self._states
        if not rows.texts:
            self._block.items.append(rows)
        _append(rows, text.split(), line_span(self._lines, index), index + 1)

    def _close_matrix(self) -> None:
        if self._matrices is not None and self._matrix:
            span = line_span(self._lines, self._first)[0], line_span(self._lines, self._last)[1]
            _append(self._matrices, self._matrix, span, self._first + 1)
        self._matrix = []


def _append(rows: Rows, texts: list[str], span: tuple[int, int], line: int) -> None:
    width = len(rows.columns)
    rows.texts.append(tuple([*texts, *[""] * (width - len(texts))][:width]))
    rows.spans.append(span)
    rows.lines.append(line)
