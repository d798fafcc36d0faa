"""Documents to NDM/XML (CCSDS 505.0-B-3), unqualified."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from ccsds.errors import CannotWrite
from ccsds.tree.document import Block, Comment, Document, Item, Rows, Statement, with_preamble
from ccsds.tree.schema import Schema

__all__ = ["comment_xml", "item_xml", "row_xml", "statement_xml", "write_xml_document"]

SCHEMA_LOCATION = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-3.0.0-master-3.0.xsd"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NAME = re.compile(r"[A-Z][A-Z0-9_]*\Z")
INDENT = "  "
USER_DEFINED = "USER_DEFINED"


def write_xml_document(document: Document, schema: Schema) -> bytes:
    """Write a document; units are attributes, comments elements, rows a block each.

    Raises
    ------
    CannotWrite
        A character or a keyword can't stand in XML.
    """
    version = "" if document.version is None else document.version.value
    root = schema.kind.lower()
    start_tag = (
        f'<{root} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:noNamespaceSchemaLocation="{SCHEMA_LOCATION}" '
        f'id="{schema.version_keyword}" version={quoteattr(_checked("version", version))}>'
    )
    lines = [DECLARATION, start_tag]
    for block in with_preamble(document).root.blocks():
        lines += _block_lines(block, schema, INDENT)
    lines.append(f"</{root}>")
    return ("\n".join(lines) + "\n").encode("utf-8")


def _block_lines(block: Block, schema: Schema, indent: str) -> Iterator[str]:
    yield f"{indent}<{block.name}>"
    for item in block.items:
        yield from item_xml(item, schema, indent + INDENT)
    yield f"{indent}</{block.name}>"


def item_xml(item: Item, schema: Schema, indent: str) -> Iterator[str]:
    """The lines of one item."""
    if isinstance(item, Comment):
        yield indent + comment_xml(item.text)
    elif isinstance(item, Statement):
        yield indent + statement_xml(item, schema)
    elif isinstance(item, Rows):
        for row, texts in enumerate(item.texts):
            yield from row_xml(item, texts, indent, item.comments if row == 0 else [])
    else:
        yield from _block_lines(item, schema, indent)


def row_xml(rows: Rows, texts: tuple[str, ...], indent: str, comments: list[Comment]) -> Iterator[str]:
    """The lines of one row."""
    inner = indent + INDENT
    yield f"{indent}<{rows.name}>"
    for comment in comments:
        yield inner + comment_xml(comment.text)
    for keyword, text in zip(rows.columns, texts, strict=True):
        if text:
            yield f"{inner}<{keyword}>{escape(_checked(keyword, text))}</{keyword}>"
    yield f"{indent}</{rows.name}>"


def comment_xml(text: str) -> str:
    """A comment as an element."""
    return f"<COMMENT>{escape(_checked('COMMENT', text))}</COMMENT>"


def statement_xml(statement: Statement, schema: Schema) -> str:
    """A statement as an element."""
    keyword, attributes = statement.keyword, ""
    if schema.user_defined and keyword.startswith(f"{USER_DEFINED}_"):
        attributes = f" parameter={quoteattr(_checked(keyword, keyword.removeprefix(f'{USER_DEFINED}_')))}"
        keyword = USER_DEFINED
    elif not NAME.match(keyword):
        raise CannotWrite(f"{keyword!r} is no keyword that XML can hold")
    if statement.unit is not None:
        attributes += f" units={quoteattr(_checked(keyword, statement.unit))}"
    value = escape(_checked(keyword, statement.value))
    return f"<{keyword}{attributes}>{value}</{keyword}>"


def _checked(keyword: str, text: str) -> str:
    if NOT_IN_XML.search(text):
        raise CannotWrite(f"{keyword}: {text!r} holds characters that XML does not allow")
    return text
