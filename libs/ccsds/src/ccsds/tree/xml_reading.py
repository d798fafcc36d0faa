"""NDM/XML to documents (CCSDS 505.0-B-3), qualified and unqualified."""

from __future__ import annotations

import re

from ccsds.report import FindingLog
from ccsds.tree.document import Block, Comment, Document, Place, Rows, Statement
from ccsds.tree.row_texts import RowTexts
from ccsds.tree.schema import BlockSchema, Schema
from ccsds.tree.single_line import one_line
from ccsds.tree.xml_elements import Element

__all__ = ["read_xml_document"]

KEYWORD = re.compile(r"[A-Z][A-Z0-9_]*\Z")
USER_DEFINED = "USER_DEFINED"


def read_xml_document(root: Element, data: bytes, schema: Schema, log: FindingLog, base: str = "") -> Document:
    """Take a message apart, and report elements that stand where the schema has none of their name.

    Parameters
    ----------
    root
        The element `oem`, `cdm`, …
    data
        The document's bytes.
    base
        Path of what the root stands in, for findings.
    """
    return _XmlReader(data, schema, log).read(root, f"{base}{root.name}")


class _XmlReader:
    def __init__(self, data: bytes, schema: Schema, log: FindingLog) -> None:
        self._data = data
        self._schema = schema
        self._log = log

    def read(self, root: Element, path: str) -> Document:
        place = Place(root.line, root.column, path)
        document = Document(self._schema.kind)
        wanted, version = self._schema.version_keyword, root.attributes.get("version")
        if root.attributes.get("id") != wanted:
            self._add("XML-004", f'the root element does not say id="{wanted}"', place, f'Write id="{wanted}".')
        if version is None:
            self._add(
                "XML-004", "the root element has no attribute version", place, 'Write version="1.0" or what it is.'
            )
        else:
            document.version = Statement(wanted, version.strip(), place=place)
        names = [block.name for block in self._schema.blocks]
        if sorted((child.name for child in root.children), key=names.index if _known(root, names) else None) != [
            child.name for child in root.children
        ]:
            self._add("SYN-009", f"{' and '.join(names)} stand in another order", place)
        self._children(root, document.root, self._schema.blocks, path)
        return document

    def _children(self, element: Element, into: Block, known: tuple[BlockSchema, ...], path: str) -> None:
        """The blocks right inside an element, each by its schema."""
        counts: dict[str, int] = {}
        for child in element.children:
            counts[child.name] = counts.get(child.name, 0) + 1
            entry = next((block for block in known if block.name == child.name), None)
            repeated = entry is not None and entry.repeated
            child_path = f"{path}/{child.name}" + (f"[{counts[child.name]}]" if repeated else "")
            if entry is None:
                self._stray(child, child_path, path)
                continue
            if counts[child.name] > 1 and not repeated:
                place = Place(child.line, child.column, child_path)
                self._add("XML-005/repeated", f"a second element {child.name} in {path}", place)
            into.items.append(self._block(child, entry, child_path))

    def _block(self, element: Element, known: BlockSchema, path: str) -> Block:
        block = Block(known.name, place=Place(element.line, element.column, path), span=element.span)
        tables: dict[str, Rows] = {}
        counts: dict[str, int] = {}
        for child in element.children:
            counts[child.name] = counts.get(child.name, 0) + 1
            row_schema = next((rows for rows in known.rows if rows.name == child.name), None)
            inner = next((entry for entry in known.blocks if entry.name == child.name), None)
            child_path = f"{path}/{child.name}"
            if row_schema is not None:
                if child.name not in tables:
                    tables[child.name] = Rows(child.name, row_schema.columns, path=child_path)
                    block.items.append(tables[child.name])
                self._row(child, tables[child.name], RowTexts(row_schema, self._log))
            elif inner is not None:
                if inner.repeated:
                    child_path += f"[{counts[child.name]}]"
                elif counts[child.name] > 1:
                    place = Place(child.line, child.column, child_path)
                    self._add("XML-005/repeated", f"a second element {child.name} in {path}", place)
                block.items.append(self._block(child, inner, child_path))
            elif child.name == "COMMENT":
                block.items.append(_comment(child, child_path))
            elif child.children or not KEYWORD.match(child.name):
                self._stray(child, child_path, path)
            else:
                block.items.append(self._statement(child, known, child_path))
        return block

    def _row(self, element: Element, rows: Rows, texts: RowTexts) -> None:
        place = Place(element.line, element.column, f"{rows.path}[{len(rows.texts) + 1}]")
        values: dict[str, str] = {}
        for child in element.children:
            if child.name == "COMMENT":
                rows.comments.append(_comment(child, f"{place.path}/COMMENT"))
                continue
            here = Place(child.line, child.column, f"{place.path}/{child.name}")
            texts.take(values, child.name, _one_line(child.text), child.attributes.get("units"), here)
        row = texts.finish(values, place)
        if row is not None:
            rows.append(row, element.line, element.span)

    def _statement(self, element: Element, known: BlockSchema, path: str) -> Statement:
        keyword, place = element.name, Place(element.line, element.column, path)
        if keyword == USER_DEFINED and "parameter" in element.attributes:
            keyword = f"{USER_DEFINED}_{_one_line(element.attributes['parameter']).replace(' ', '_')}"
        path_of = self._schema.path_of(keyword, known.name)
        if path_of is not None and path_of[-1] is not known:
            self._add("XML-005/place", f"{keyword} stands in {known.name}; it belongs in {path_of[-1].name}", place)
        unit = element.attributes.get("units", element.attributes.get("unit"))
        known_text = path_of is not None and keyword not in self._schema.units and keyword not in self._schema.numbers
        if unit is not None and known_text:
            self._add("UNI-004", f"{keyword} shows [{unit}]", place)
            unit = None
        return Statement(keyword, _one_line(element.text), unit, place, element.span, element.content_span(self._data))

    def _stray(self, element: Element, path: str, parent: str) -> None:
        place = Place(element.line, element.column, path)
        self._log.lossy = True
        self._add("XML-005", f"the element {element.name} does not stand in {parent}", place)

    def _add(self, key: str, message: str, place: Place, hint: str | None = None) -> None:
        self._log.add(key, message, line=place.line, column=place.column, path=place.path, hint=hint)


def _known(root: Element, names: list[str]) -> bool:
    return all(child.name in names for child in root.children)


def _comment(element: Element, path: str) -> Comment:
    text = one_line(element.text)
    return Comment(text, Place(element.line, element.column, path), element.span)


def _one_line(text: str) -> str:
    return one_line(text).replace("\t", " ").strip(" ")
