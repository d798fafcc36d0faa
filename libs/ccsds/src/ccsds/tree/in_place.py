"""How KVN, XML and JSON change their bytes in place."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

from ccsds.tree.document import Comment, Item, Rows, Span, Statement
from ccsds.tree.editing import NotInPlace
from ccsds.tree.json_members import NUMBER
from ccsds.tree.json_writing import row_json, value_json
from ccsds.tree.kvn_writing import item_lines, row_lines
from ccsds.tree.schema import Schema
from ccsds.tree.xml_writing import comment_xml, item_xml, row_xml, statement_xml
from ccsds.writers.kvn_lines import check_line

__all__ = ["IN_PLACE", "JsonInPlace", "KvnInPlace", "XmlInPlace"]

TERMINATOR = re.compile(rb"\r\n|\n\r|\r|\n")
PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*:)?")
TAG = re.compile(r"<(/?)(?=[A-Za-z])")


class KvnInPlace:
    """Lines come, go and change; the terminator is that of the document's first line."""

    def __init__(self, data: bytes, schema: Schema) -> None:
        self._data = data
        self._schema = schema
        first = TERMINATOR.search(data)
        self._end = b"\n" if first is None else first.group()

    def value(self, source: Statement, value: str) -> tuple[Span, bytes]:
        """The value alone; its unit stays."""
        if source.value_span is None:
            raise NotInPlace
        check_line(source.keyword, value)
        start, _ = source.value_span
        blank = b" " if self._data[start - 1 : start] == b"=" and not source.value else b""
        return source.value_span, blank + value.encode()

    def text(self, source: Comment, text: str) -> bytes:  # noqa: ARG002
        """The whole line."""
        check_line("COMMENT", f"COMMENT {text}")
        return f"COMMENT {text}".encode()

    def row(self, rows: Rows, span: Span, texts: tuple[str, ...]) -> bytes:  # noqa: ARG002
        """The line of a state, or the lines of a matrix."""
        return self._end.join(line.encode() for line in row_lines(texts, self._schema.row_schemas[rows.name]))

    def after(self, span: Span, items: Iterable[Item]) -> bytes:  # noqa: ARG002
        """Lines behind a line."""
        return b"".join(self._end + line for line in self._lines(items))

    def before(self, span: Span, items: Iterable[Item]) -> bytes:  # noqa: ARG002
        """Lines before a line."""
        return b"".join(line + self._end for line in self._lines(items))

    def _lines(self, items: Iterable[Item]) -> list[bytes]:
        lines: list[bytes] = []
        for item in items:
            if isinstance(item, Rows):
                known = self._schema.row_schemas[item.name]
                lines += [line.encode() for texts in item.texts for line in row_lines(texts, known)]
            else:
                for line in item_lines(item, self._schema):
                    check_line(line.partition(" ")[0], line)
                    lines.append(line.encode())
        return lines

    def removal(self, span: Span) -> Span:
        """A line with its terminator."""
        end = TERMINATOR.match(self._data, span[1])
        return (span[0], span[1] if end is None else end.end())


class XmlInPlace:
    """Elements come, go and change; new ones are indented as their neighbour and have its prefix."""

    def __init__(self, data: bytes, schema: Schema) -> None:
        self._data = data
        self._schema = schema

    def value(self, source: Statement, value: str) -> tuple[Span, bytes]:
        """What stands between the tags."""
        if source.value_span is not None:
            return source.value_span, escape(value).encode()
        if source.span is None:
            raise NotInPlace
        text = statement_xml(Statement(source.keyword, value, source.unit), self._schema)
        return source.span, self._prefixed(source.span, [text])[0]

    def text(self, source: Comment, text: str) -> bytes:
        """The whole element."""
        return self._prefixed(source.span or (0, 0), [comment_xml(text)])[0]

    def row(self, rows: Rows, span: Span, texts: tuple[str, ...]) -> bytes:
        """The whole element; the first line stands where it stood."""
        lines = self._prefixed(span, list(row_xml(rows, texts, "", [])))
        return (b"\n" + self._indent(span)).join(lines)

    def after(self, span: Span, items: Iterable[Item]) -> bytes:
        """Elements behind an element."""
        break_ = b"\n" + self._indent(span)
        return b"".join(break_ + line for line in self._lines(span, items))

    def before(self, span: Span, items: Iterable[Item]) -> bytes:
        """Elements before an element."""
        break_ = b"\n" + self._indent(span)
        return b"".join(line + break_ for line in self._lines(span, items))

    def _lines(self, span: Span, items: Iterable[Item]) -> list[bytes]:
        return self._prefixed(span, [line for item in items for line in item_xml(item, self._schema, "")])

    def _prefixed(self, span: Span, lines: list[str]) -> list[bytes]:
        match = PREFIX.match(self._data, span[0])
        prefix = "" if match is None or match[1] is None else match[1].decode()
        return [TAG.sub(rf"<\g<1>{prefix}", line).encode() for line in lines]

    def _indent(self, span: Span) -> bytes:
        line = self._data[self._data.rfind(b"\n", 0, span[0]) + 1 : span[0]]
        return line if not line.strip() else b""

    def removal(self, span: Span) -> Span:
        """An element with its line, if it has the line for itself."""
        start = self._data.rfind(b"\n", 0, span[0])
        if start < 0 or self._data[start : span[0]].strip():
            return span
        return (start - (self._data[start - 1 : start] == b"\r"), span[1])


class JsonInPlace:
    """Values change, members and rows come and go; a unit or a block that is new needs the message written anew."""

    def __init__(self, data: bytes, schema: Schema) -> None:
        self._data = data
        self._schema = schema

    def value(self, source: Statement, value: str) -> tuple[Span, bytes]:
        """The value, in quotes if it was."""
        if source.value_span is None:
            raise NotInPlace
        if self._data[source.value_span[0] : source.value_span[0] + 1] == b'"' or not NUMBER.fullmatch(value):
            return source.value_span, json.dumps(value, ensure_ascii=False).encode()
        return source.value_span, value_json(source.keyword, value, self._schema).encode()

    def text(self, source: Comment, text: str) -> bytes:  # noqa: ARG002
        """The string."""
        return json.dumps(text, ensure_ascii=False).encode()

    def row(self, rows: Rows, span: Span, texts: tuple[str, ...]) -> bytes:  # noqa: ARG002
        """The whole object."""
        return row_json(rows, texts, self._schema).encode()

    def after(self, span: Span, items: Iterable[Item]) -> bytes:
        """Members behind a member, or rows behind a row."""
        break_ = b",\n" + self._indent(span)
        return b"".join(break_ + text for text in self._texts(items))

    def before(self, span: Span, items: Iterable[Item]) -> bytes:
        """Members before a member, or rows before a row."""
        break_ = b",\n" + self._indent(span)
        return b"".join(text + break_ for text in self._texts(items))

    def _texts(self, items: Iterable[Item]) -> list[bytes]:
        texts: list[str] = []
        for item in items:
            if isinstance(item, Rows) and not item.comments:
                texts += [row_json(item, row, self._schema) for row in item.texts]
            elif isinstance(item, Statement) and item.unit is None:
                name = json.dumps(item.keyword)
                texts.append(f"{name}: {value_json(item.keyword, item.value, self._schema)}")
            else:
                raise NotInPlace
        return [text.encode() for text in texts]

    def _indent(self, span: Span) -> bytes:
        line = self._data[self._data.rfind(b"\n", 0, span[0]) + 1 : span[0]]
        return line if not line.strip() else b""

    def removal(self, span: Span) -> Span:
        """A member or row with the comma before it, or the one behind it if it is the first."""
        before = self._data[: span[0]].rstrip()
        if before.endswith(b","):
            return (len(before) - 1, span[1])
        after = re.compile(rb"\s*,\s*").match(self._data, span[1])
        return (span[0], span[1] if after is None else after.end())


IN_PLACE: dict[str, type[KvnInPlace | XmlInPlace | JsonInPlace]] = {
    "KVN": KvnInPlace,
    "XML": XmlInPlace,
    "JSON": JsonInPlace,
}
