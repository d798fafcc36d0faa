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
            self._extend_segment(index)
            return
        parsed = parse_line(text)
        match parsed.kind:
            case "comment":
                comments = self._matrices.comments if self._in_matrices and self._matrices else self._block.items
                comments.append(comment_of(parsed, self._lines, index))
            case "assignment":
                self._take_assignment(parsed, index)
            case "marker":
                self._take_marker(parsed.keyword, index)
            case "data" if self._in_matrices:
                self._matrix += parsed.value.split()
                self._last = index
            case "data" if self._block.name == "data":
                self._take_state(parsed.value, index)
            case _:
                return
        self._extend_segment(index)

    def _extend_segment(self, index: int) -> None:
        """Let the segment that is open reach to the end of a line."""
        segment = self._body.block("segment")
        if segment is not None and segment.span is not None:
            segment.span = (segment.span[0], line_span(self._lines, index)[1])

    def finish(self) -> Document:
        """The whole document."""
        self._close_matrix()
        return self._document

    def _take_marker(self, marker: str, index: int) -> None:
        match marker:
            case "META_START":
                self._close_matrix()
                self._in_matrices, self._matrices = False, None
                self._block = Block("metadata")
                self._body.items.append(Block("segment", [self._block], span=line_span(self._lines, index)))
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
        texts = [token for token in text.split() if "[" not in token and "]" not in token]  # UNI-005
        rows.append(_as_wide(texts, rows), index + 1, line_span(self._lines, index))

    def _close_matrix(self) -> None:
        if self._matrices is not None and self._matrix:
            span = line_span(self._lines, self._first)[0], line_span(self._lines, self._last)[1]
            self._matrices.append(_as_wide(self._matrix, self._matrices), self._first + 1, span)
        self._matrix = []


def _as_wide(texts: list[str], rows: Rows) -> tuple[str, ...]:
    """The texts of a row, with empty ones where it is shorter than the table."""
    width = len(rows.columns)
    return tuple([*texts, *[""] * (width - len(texts))][:width])
