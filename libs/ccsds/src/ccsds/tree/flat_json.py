"""Flat JSON of keywords to documents: Space-Track's rows of class `cdm`, and KVN as one flat object.

A row of Space-Track holds text or null throughout; what belongs to an object has the prefix `SAT1_` or `SAT2_`, a unit
stands in `KEYWORD_UNIT`, a comment of the message in `COMMENT_x`, and dates come in three forms. Flat KVN may hold the
two objects of a CDM the same way, as a list of two objects in a member of any name, in members `OBJECT1` and `OBJECT2`,
or as a list of two such objects.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ccsds.report import FindingLog
from ccsds.tree.document import Comment, Document, Place, Statement
from ccsds.tree.json_members import KEYWORD, JsonArray, JsonMember, JsonObject, JsonScalar, JsonValue
from ccsds.tree.json_reading import JsonPlaces
from ccsds.tree.placing import StatementPlacer
from ccsds.tree.schema import Schema
from ccsds.tree.single_line import one_line

__all__ = ["PREFIX", "read_flat_document"]

PREFIX = re.compile(r"SAT([12])_(?!ID\Z|NAME\Z)")
DATE_AND_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)\Z")
FRACTION, UNIT = "_FRACTION", "_UNIT"
BEFORE_VERSION = frozenset({"CONSTELLATION", "CDM_ID", "FILENAME", "INSERT_EPOCH", "GID"})
OBJECTS = ("OBJECT1", "OBJECT2")
ANSWERS = frozenset({"Y", "N", "YES", "NO"})
COMMENT_BLOCKS = {
    "COVARIANCE_SCALE_FACTOR": "TIME_LASTOB_START",
    "EXCLUSION_VOLUME_RADIUS": "TIME_LASTOB_START",
    "APOGEE": "AREA_PC",
    "PERIGEE": "AREA_PC",
    "INCLINATION": "AREA_PC",
    "OPERATOR_HARD_BODY_RADIUS": "AREA_PC",
    "DCP_DENSITY_FORECAST_UNCERTAINTY": "CR_R",
    "DCP_SENSITIVITY_VECTOR_POSITION": "CR_R",
    "DCP_SENSITIVITY_VECTOR_VELOCITY": "CR_R",
    "SCREENING_DATA_SOURCE": "OBJECT",
}
"""The first keyword of the block that a comment of annex C stands before; those not named stand before TCA."""


@dataclass
class _Part:
    """The header and relative part, or one object."""

    statements: list[Statement] = field(default_factory=list)
    comments: list[tuple[str, Comment]] = field(default_factory=list)


def read_flat_document(root: JsonValue, text: str, schema: Schema, log: FindingLog) -> Document | None:
    """Take a message apart; None, with a finding, where the document is no flat object of keywords."""
    places = JsonPlaces(text)
    reader = _FlatReader(schema, log, places)
    if isinstance(root, JsonObject):
        reader.take(root, "", 0)
    elif isinstance(root, JsonArray) and _is_pair(root):
        for number, value in enumerate(root.values, start=1):
            if isinstance(value, JsonObject):
                reader.take(value, f"[{number - 1}].", number)
    elif isinstance(root, JsonArray):
        message = f"the array holds {len(root.values)} messages"
        log.drop("FMT-008", message, line=1)
        return None
    else:
        log.drop("JSN-003", "the document is no object", line=1)
        return None
    return reader.document()


def _is_pair(root: JsonArray) -> bool:
    """Whether an array holds the two objects of one CDM."""
    values = [value for value in root.values if isinstance(value, JsonObject)]
    return len(values) == len(root.values) == 2 and all(
        any(
            member.name == "OBJECT" and isinstance(member.value, JsonScalar) and member.value.text == f"OBJECT{number}"
            for member in value.members
        )
        for number, value in enumerate(values, start=1)
    )


class _FlatReader:
    def __init__(self, schema: Schema, log: FindingLog, places: JsonPlaces) -> None:
        self._schema = schema
        self._log = log
        self._places = places
        self._parts = (_Part(), _Part(), _Part())
        self._orders = schema.orders

    def take(self, value: JsonObject, path: str, number: int) -> None:
        """Take the members of an object: of the whole message (number 0), or of its first or second object."""
        names: dict[str, JsonMember] = {}
        places: list[Place] = []
        for member in value.members:
            place = self._places.at(member.start, f"{path}{member.name}")
            if member.name in names:
                self._log.lossy = True
                self._add("JSN-004", f"{member.name} stands in its object again", place)
            elif not KEYWORD.match(member.name):
                self._stray(f"{member.name!r} is no keyword", place)
            else:
                names[member.name] = member
                places.append(place)
        for (name, member), place in zip(names.items(), places, strict=True):
            self._take_member(name, member, names, place, path, number)

    def _take_member(
        self, name: str, member: JsonMember, names: dict[str, JsonMember], place: Place, path: str, number: int
    ) -> None:
        value = member.value
        if isinstance(value, JsonArray) and name == "COMMENT":
            for entry in value.values:
                self._take_comment("", entry, place, number)
        elif isinstance(value, JsonArray) and number == 0 and len(value.values) == 2:
            for index, entry in enumerate(value.values):
                if isinstance(entry, JsonObject):
                    self.take(entry, f"{path}{name}[{index}].", index + 1)
                else:
                    self._stray(f"{name} holds what is no object", place)
        elif isinstance(value, JsonObject) and number == 0 and name.upper() in OBJECTS:
            self.take(value, f"{path}{name}.", OBJECTS.index(name.upper()) + 1)
        elif not isinstance(value, JsonScalar):
            self._stray(f"{name} is no text, number or null", place)
        elif value.text is not None and value.text.strip():
            prefix = PREFIX.match(name)
            if prefix is not None:
                number, name = int(prefix[1]), name[prefix.end() :]
            stem = "" if prefix is None else prefix.group()
            if name == "COMMENT" or name.startswith("COMMENT_"):
                self._take_comment(name.removeprefix("COMMENT").removeprefix("_"), value, place, number)
            elif not self._is_aside(name, stem, names):
                self._take_statement(name, stem, member, value, names, place, number)

    def _is_aside(self, name: str, stem: str, names: dict[str, JsonMember]) -> bool:
        """Whether a member is the unit or the fraction of another one."""
        return name.endswith((UNIT, FRACTION)) and any(
            name.endswith(suffix) and stem + name.removesuffix(suffix) in names for suffix in (UNIT, FRACTION)
        )

    def _take_statement(
        self,
        name: str,
        stem: str,
        member: JsonMember,
        value: JsonScalar,
        names: dict[str, JsonMember],
        place: Place,
        number: int,
    ) -> None:
        text = one_line(value.text or "").strip(" ")
        date = DATE_AND_TIME.match(text) if self._schema.path_of(name) is not None else None
        if date is not None:
            text = f"{date[1]}T{date[2]}"
            fraction = _text_of(names.get(f"{stem}{name}{FRACTION}"))
            if fraction and "." not in text:
                text += "." + (fraction.partition(".")[2] if "." in fraction else fraction.zfill(6))
        unit = _text_of(names.get(f"{stem}{name}{UNIT}")) or None
        if unit is not None and name not in self._schema.units and name not in self._schema.numbers:
            unit = None
        statement = Statement(name, text, unit, place, (member.start, value.stop), (value.start, value.stop))
        if number and self._schema.path_of(name) is not None and not self._of_an_object(name):
            number = 0
        self._parts[number].statements.append(statement)

    def _of_an_object(self, name: str) -> bool:
        return any(block.opens_with for block in self._schema.path_of(name) or ())

    def _take_comment(self, about: str, value: JsonValue, place: Place, number: int) -> None:
        if not isinstance(value, JsonScalar) or value.text is None:
            return
        text = one_line(value.text)
        if about and text.strip().upper() in ANSWERS:
            text = f"{about} = {text.strip()}"
        before = COMMENT_BLOCKS.get(about, "OBJECT" if number else "TCA")
        self._parts[number].comments.append((before, Comment(text, place, (value.start, value.stop))))

    def document(self) -> Document:
        """The statements in the order of the standard, put into their blocks."""
        placer = StatementPlacer(self._schema)
        version = self._schema.version_keyword
        for number, part in enumerate(self._parts):
            if number and not part.statements and not part.comments:
                continue
            if number and not any(statement.keyword == "OBJECT" for statement in part.statements):
                part.statements.append(Statement("OBJECT", f"OBJECT{number}", place=part.statements[0].place))
            part.statements.sort(key=lambda statement: self._rank(statement.keyword, version))
            comments = sorted(part.comments, key=lambda entry: self._rank(entry[0], version))
            for statement in part.statements:
                rank = self._rank(statement.keyword, version)
                while comments and rank >= self._rank(comments[0][0], version) and statement.keyword != version:
                    placer.comment(comments.pop(0)[1])
                placer.statement(statement)
            for _, comment in comments:
                placer.comment(comment)
        return placer.finish()

    def _rank(self, keyword: str, version: str) -> int:
        if keyword in BEFORE_VERSION:
            return -2
        if keyword == version:
            return -1
        return self._orders.get(keyword.upper(), 10**6)

    def _stray(self, message: str, place: Place) -> None:
        self._log.lossy = True
        self._add("JSN-003", message, place)

    def _add(self, key: str, message: str, place: Place) -> None:
        self._log.add(key, message, line=place.line, column=place.column, path=place.path)


def _text_of(member: JsonMember | None) -> str:
    if member is None or not isinstance(member.value, JsonScalar):
        return ""
    return one_line(member.value.text or "").strip(" ")
