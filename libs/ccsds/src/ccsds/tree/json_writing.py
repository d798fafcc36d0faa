"""Documents to the library's own JSON form: a number keeps its text, a block that shows units names them in `units`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from ccsds.errors import CannotWrite
from ccsds.tree.document import Block, Comment, Document, Rows, Statement, with_preamble
from ccsds.tree.json_members import KEYWORD, NUMBER
from ccsds.tree.schema import BlockSchema, Schema

__all__ = ["row_json", "value_json", "write_json_document"]

INDENT = "  "


def write_json_document(document: Document, schema: Schema) -> bytes:
    """Write a document: `CCSDS_OEM_VERS`, `header`, `body`; blocks nest as in XML, repeated ones are arrays."""
    members: list[str] = []
    if document.version is not None:
        members.append(f"{_quoted(schema.version_keyword)}: {_quoted(document.version.value)}")
    for block in with_preamble(document).root.blocks():
        known = next((entry for entry in schema.blocks if entry.name == block.name), None)
        members.append(f"{_quoted(block.name)}: {_object(_members(block, known, schema, INDENT), INDENT)}")
    return (_object(members, "") + "\n").encode("utf-8")


def value_json(keyword: str, text: str, schema: Schema) -> str:
    """A value: a number with its own text where the keyword's is one and JSON's grammar takes it, else a string."""
    if keyword in schema.numbers and NUMBER.fullmatch(text):
        return text
    return _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _object(members: list[str], indent: str) -> str:
    if not members:
        return "{}"
    inner = f",\n{indent}{INDENT}".join(members)
    return f"{{\n{indent}{INDENT}{inner}\n{indent}}}"


def _array(values: list[str], indent: str) -> str:
    inner = f",\n{indent}{INDENT}".join(values)
    return f"[\n{indent}{INDENT}{inner}\n{indent}]"


def _members(block: Block, known: BlockSchema | None, schema: Schema, indent: str) -> list[str]:
    inner = indent + INDENT
    members: list[str] = []
    comments = [item.text for item in block.items if isinstance(item, Comment)]
    if comments:
        members.append(f'"COMMENT": {json.dumps(comments, ensure_ascii=False)}')
    written: set[str] = set()
    for item in block.items:
        if isinstance(item, Statement):
            if KEYWORD.match(item.keyword) is None:
                raise CannotWrite(f"{item.keyword!r} is no keyword that JSON can hold")
            members.append(f"{_quoted(item.keyword)}: {value_json(item.keyword, item.value, schema)}")
        elif isinstance(item, Rows):
            if item.texts:
                members.append(f"{_quoted(item.name)}: {_array(list(_rows(item, schema)), inner)}")
        elif isinstance(item, Block) and item.name not in written:
            written.add(item.name)
            members.append(f"{_quoted(item.name)}: {_blocks(block, item.name, known, schema, inner)}")
    units = {item.keyword: item.unit for item in block.statements() if item.unit is not None}
    if units:
        members.append(f'"units": {json.dumps(units, ensure_ascii=False)}')
    return members


def _blocks(parent: Block, name: str, known: BlockSchema | None, schema: Schema, indent: str) -> str:
    """The blocks of one name inside a block: an array where the schema repeats them."""
    entry = None if known is None else next((inner for inner in known.blocks if inner.name == name), None)
    same = [block for block in parent.blocks() if block.name == name]
    if entry is not None and not entry.repeated and len(same) == 1:
        return _object(_members(same[0], entry, schema, indent), indent)
    inner = indent + INDENT
    return _array([_object(_members(block, entry, schema, inner), inner) for block in same], indent)


def _rows(rows: Rows, schema: Schema) -> Iterator[str]:
    for row, texts in enumerate(rows.texts):
        yield row_json(rows, texts, schema, rows.comments if row == 0 else [])


def row_json(rows: Rows, texts: tuple[str, ...], schema: Schema, comments: Sequence[Comment] = ()) -> str:
    """One row as an object on one line."""
    members = [
        f"{_quoted(keyword)}: {value_json(keyword, text, schema)}"
        for keyword, text in zip(rows.columns, texts, strict=True)
        if text
    ]
    if comments:
        members.insert(0, f'"COMMENT": {json.dumps([comment.text for comment in comments], ensure_ascii=False)}')
    return f"{{{', '.join(members)}}}"
