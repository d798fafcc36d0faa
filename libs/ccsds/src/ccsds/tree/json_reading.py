"""The library's own JSON form to documents: objects nested as the XML of CCSDS 505.0-B-3, members named as keywords."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from ccsds.report import FindingLog
from ccsds.tree.document import Block, Comment, Document, Item, Place, Rows, Statement
from ccsds.tree.json_members import KEYWORD, JsonArray, JsonMember, JsonObject, JsonScalar, JsonValue
from ccsds.tree.row_texts import RowTexts
from ccsds.tree.schema import BlockSchema, RowSchema, Schema
from ccsds.tree.single_line import one_line

__all__ = ["COMMENTS", "UNITS", "JsonPlaces", "read_json_document"]

COMMENTS = "COMMENT"
UNITS = "units"
"""The member of a block that names the unit of each value that shows one."""


class JsonPlaces:
    """Where the characters of a JSON text stand."""

    def __init__(self, text: str) -> None:
        self._breaks = [-1, *(match.start() for match in re.finditer("\n", text))]

    def at(self, offset: int, path: str) -> Place:
        """Line and column of a character, with a path."""
        line = bisect_right(self._breaks, offset - 1)
        return Place(line, offset - self._breaks[line - 1], path)


def read_json_document(root: JsonObject, text: str, schema: Schema, log: FindingLog) -> Document:
    """Take a message apart, and report members that stand where the schema has none of their name."""
    return _JsonReader(text, schema, log).read(root)


class _JsonReader:
    def __init__(self, text: str, schema: Schema, log: FindingLog) -> None:
        self._places = JsonPlaces(text)
        self._schema = schema
        self._log = log

    def read(self, root: JsonObject) -> Document:
        document = Document(self._schema.kind)
        for member in self._members(root, ""):
            known = next((block for block in self._schema.blocks if block.name == member.name), None)
            place = self._places.at(member.start, member.name)
            if member.name == self._schema.version_keyword:
                document.version = self._statement(member, member.name, {})
            elif known is not None and isinstance(member.value, JsonObject):
                document.root.items.append(self._block(member.value, known, member.name))
            else:
                self._stray(f"{member.name} does not stand in a {self._schema.kind}, or not as this", place)
        order = [block.name for block in self._schema.blocks]
        document.root.items.sort(key=lambda item: order.index(item.name) if isinstance(item, Block) else 0)
        return document

    def _members(self, value: JsonObject, path: str) -> Iterator[JsonMember]:
        """The members of an object, each name once."""
        seen: set[str] = set()
        for member in value.members:
            if member.name in seen:
                place = self._places.at(member.start, f"{path}{member.name}")
                self._log.lossy = True
                self._add("JSN-004", f"{member.name} stands in its object again", place)
                continue
            seen.add(member.name)
            yield member

    def _block(self, value: JsonObject, known: BlockSchema, path: str) -> Block:
        """The block of an object: comments and statements first, then what is inside, whatever the members' order."""
        block = Block(known.name, place=self._places.at(value.start, path), span=(value.start, value.stop))
        units = self._units(value, path)
        ranked: list[tuple[int, Item]] = []
        ranks = _ranks(known)
        for member in self._members(value, f"{path}."):
            here = f"{path}.{member.name}"
            place = self._places.at(member.start, here)
            inner = next((entry for entry in known.blocks if entry.name == member.name), None)
            rows = next((entry for entry in known.rows if entry.name == member.name), None)
            items: list[Item] = []
            if member.name == UNITS:
                continue
            if member.name == COMMENTS:
                items += self._comments(member, here)
            elif rows is not None:
                items.append(self._rows(member.value, rows, here))
            elif inner is not None:
                items += self._blocks(member.value, inner, here)
            elif isinstance(member.value, JsonScalar) and KEYWORD.match(member.name):
                if member.value.text is not None:
                    self._check_block(member.name, known, place)
                    items.append(self._statement(member, here, units))
            else:
                self._stray(f"{member.name} does not stand in {path}, or not as this", place)
            ranked += [(ranks.get(member.name, len(ranks)), item) for item in items]
        ranked.sort(key=lambda entry: entry[0])
        block.items = [item for _, item in ranked]
        return block

    def _check_block(self, keyword: str, known: BlockSchema, place: Place) -> None:
        path = self._schema.path_of(keyword, known.name)
        if path is not None and path[-1] is not known:
            self._add("JSN-003", f"{keyword} stands in {known.name}; it belongs in {path[-1].name}", place)

    def _blocks(self, value: JsonValue, known: BlockSchema, path: str) -> list[Block]:
        """One object, or an array of them where the block is repeated."""
        if isinstance(value, JsonObject):
            return [self._block(value, known, path)]
        if isinstance(value, JsonArray) and known.repeated:
            blocks = []
            for index, entry in enumerate(value.values):
                if isinstance(entry, JsonObject):
                    blocks.append(self._block(entry, known, f"{path}[{index}]"))
                else:
                    self._stray(f"{known.name} is no object", self._places.at(entry.start, f"{path}[{index}]"))
            return blocks
        if not (isinstance(value, JsonScalar) and value.text is None):
            self._stray(f"{known.name} is no object", self._places.at(value.start, path))
        return []

    def _rows(self, value: JsonValue, known: RowSchema, path: str) -> Rows:
        rows = Rows(known.name, known.columns, path=path, first_index=0)
        texts = RowTexts(known, self._log)
        entries = value.values if isinstance(value, JsonArray) else [value]
        for index, entry in enumerate(entries):
            here = f"{path}[{index}]"
            place = self._places.at(entry.start, here)
            if not isinstance(entry, JsonObject):
                self._stray(f"{known.name} is no object", place)
                continue
            units = self._units(entry, here)
            values: dict[str, str] = {}
            for member in self._members(entry, f"{here}."):
                there = self._places.at(member.start, f"{here}.{member.name}")
                if member.name == COMMENTS:
                    rows.comments += self._comments(member, f"{here}.{COMMENTS}")
                elif not isinstance(member.value, JsonScalar):
                    if member.name != UNITS:
                        self._stray(f"{member.name} is no value", there)
                elif member.value.text is not None:
                    text = one_line(member.value.text).strip(" ")
                    texts.take(values, member.name, text, units.get(member.name), there)
            row = texts.finish(values, place)
            if row is not None:
                rows.append(row, place.line or 1, (entry.start, entry.stop))
        return rows

    def _units(self, value: JsonObject, path: str) -> dict[str, str]:
        member = next((member for member in value.members if member.name == UNITS), None)
        if member is None:
            return {}
        if not isinstance(member.value, JsonObject):
            self._stray(f"{UNITS} is no object", self._places.at(member.start, f"{path}.{UNITS}"))
            return {}
        return {
            entry.name: one_line(entry.value.text)
            for entry in member.value.members
            if isinstance(entry.value, JsonScalar) and entry.value.text is not None
        }

    def _comments(self, member: JsonMember, path: str) -> list[Comment]:
        values = member.value.values if isinstance(member.value, JsonArray) else [member.value]
        comments = []
        for index, value in enumerate(values):
            place = self._places.at(value.start, f"{path}[{index}]")
            if isinstance(value, JsonScalar) and value.text is not None:
                comments.append(Comment(one_line(value.text), place, (value.start, value.stop)))
            else:
                self._stray("a comment is no text", place)
        return comments

    def _statement(self, member: JsonMember, path: str, units: dict[str, str]) -> Statement:
        place = self._places.at(member.start, path)
        value = member.value
        if not isinstance(value, JsonScalar):
            self._stray(f"{member.name} is no value", place)
            return Statement(member.name, "", place=place)
        unit = units.get(member.name)
        known = self._schema.path_of(member.name) is not None
        if unit is not None and known and member.name not in {*self._schema.units, *self._schema.numbers}:
            self._add("UNI-004", f"{member.name} shows [{unit}]", place)
            unit = None
        text = one_line(value.text or "").strip(" ")
        return Statement(member.name, text, unit, place, (member.start, value.stop), (value.start, value.stop))

    def _stray(self, message: str, place: Place) -> None:
        self._log.lossy = True
        self._add("JSN-003", message, place)

    def _add(self, key: str, message: str, place: Place) -> None:
        self._log.add(key, message, line=place.line, column=place.column, path=place.path)


def _ranks(known: BlockSchema) -> dict[str, int]:
    """Where the members of a block stand when they are put in the standard's order.

    A block among keywords stands where its own first keyword does in the tables.
    """
    names = [row.name for row in known.keywords]
    if names:
        order = {row.name: row.order for row in known.keywords}
        order |= {entry.name: entry.keywords[0].order for entry in known.blocks if entry.keywords}
        names = sorted(order, key=order.__getitem__)
    else:
        names = [entry.name for entry in known.blocks]
    return {name: rank for rank, name in enumerate([COMMENTS, *names, *(rows.name for rows in known.rows)])}
