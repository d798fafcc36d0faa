"""JSON to members with their bytes: each value is text, an object or an array, and knows where it stands.

The standard library's decoder tells no positions and takes the last of two members of one name; both matter here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from ccsds.limits import Limits
from ccsds.report import FindingLog

__all__ = ["KEYWORD", "NUMBER", "JsonArray", "JsonMember", "JsonObject", "JsonScalar", "JsonValue", "read_json"]

BLANK = re.compile(r"[ \t\n\r]*")
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
MEMBER = re.compile(r'"([A-Za-z][A-Za-z0-9_]*)"[ \t\n\r]*:[ \t\n\r]*("([^"\\\x00-\x1f]*)"|null)[ \t\n\r]*(?=[,}])')
"""What nearly every member is: a keyword with plain text or null. Others are read piece by piece."""
KEYWORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
WORDS = {"true": "true", "false": "false", "null": None, "NaN": "NaN", "Infinity": "Infinity", "-Infinity": "-Infinity"}
"""What Python writes for numbers that are none is read as their text, so that the rule on numbers tells of it."""


@dataclass(slots=True)
class JsonScalar:
    """Text, a number as it is written, or a word; `text` is None for null. Offsets count characters."""

    text: str | None
    quoted: bool
    start: int
    stop: int


@dataclass(slots=True)
class JsonMember:
    """A name with its value; `start` is where the name's quote stands."""

    name: str
    value: JsonValue
    start: int


@dataclass(slots=True)
class JsonObject:
    """An object; `members` keeps those of equal names."""

    members: list[JsonMember]
    start: int
    stop: int


@dataclass(slots=True)
class JsonArray:
    """An array."""

    values: list[JsonValue]
    start: int
    stop: int


JsonValue = JsonScalar | JsonObject | JsonArray


class _TooMuch(Exception):
    pass


def read_json(text: str, log: FindingLog, limits: Limits) -> JsonValue | None:
    """The value of a document; None, with a finding, where it is not well-formed or exceeds a limit."""
    scanner = _Scanner(text, limits)
    try:
        value = scanner.document()
    except JSONDecodeError as error:
        log.drop("JSN-001", f"not well-formed: {error.msg}", line=error.lineno, column=error.colno)
        return None
    except _TooMuch as error:
        log.drop("JSN-001" if "deep" in str(error) else "SYN-017", str(error))
        return None
    return value


class _Scanner:
    def __init__(self, text: str, limits: Limits) -> None:
        self._text = text
        self._limits = limits
        self._count = 0

    def document(self) -> JsonValue:
        """The one value of the document."""
        value, position = self.value(self.skip(0), 0)
        position = self.skip(position)
        if position != len(self._text):
            raise JSONDecodeError("more follows the value", self._text, position)
        return value

    def skip(self, position: int) -> int:
        """The next character that is no blank."""
        return BLANK.match(self._text, position).end()  # type: ignore[union-attr]

    def value(self, position: int, depth: int) -> tuple[JsonValue, int]:
        """The value at a position, and the position behind it."""
        self._take_one()
        text = self._text
        first = text[position : position + 1]
        if first == '"':
            content, stop = scanstring(text, position + 1, True)
            return JsonScalar(content, quoted=True, start=position, stop=stop), stop
        if first and first in "{[":
            if depth >= self._limits.max_xml_depth:
                raise _TooMuch(f"nested deeper than {self._limits.max_xml_depth}")
            return self._object(position, depth) if first == "{" else self._array(position, depth)
        number = NUMBER.match(text, position)
        if number is not None:
            return JsonScalar(number.group(), quoted=False, start=position, stop=number.end()), number.end()
        for word, content in WORDS.items():
            if text.startswith(word, position):
                stop = position + len(word)
                return JsonScalar(content, quoted=False, start=position, stop=stop), stop
        raise JSONDecodeError("a value is missing", text, position)

    def _take_one(self) -> None:
        self._count += 1
        if self._count > self._limits.max_values:
            raise _TooMuch(f"more than {self._limits.max_values} values")

    def _object(self, start: int, depth: int) -> tuple[JsonObject, int]:
        text = self._text
        members: list[JsonMember] = []
        position = self.skip(start + 1)
        while text[position : position + 1] != "}":
            if members:
                position = self._comma(position)
            plain = MEMBER.match(text, position)
            if plain is not None:
                self._take_one()
                value_start, value_stop = plain.span(2)
                content = plain[3]
                scalar = JsonScalar(content, quoted=content is not None, start=value_start, stop=value_stop)
                members.append(JsonMember(plain[1], scalar, position))
                position = plain.end()
                continue
            if text[position : position + 1] != '"':
                raise JSONDecodeError("a member's name in double quotes is missing", text, position)
            name, after = scanstring(text, position + 1, True)
            after = self.skip(after)
            if text[after : after + 1] != ":":
                raise JSONDecodeError("a colon is missing", text, after)
            value, after = self.value(self.skip(after + 1), depth + 1)
            members.append(JsonMember(name, value, position))
            position = self.skip(after)
        return JsonObject(members, start, position + 1), position + 1

    def _array(self, start: int, depth: int) -> tuple[JsonArray, int]:
        values: list[JsonValue] = []
        position = self.skip(start + 1)
        while self._text[position : position + 1] != "]":
            if values:
                position = self._comma(position)
            value, position = self.value(position, depth + 1)
            values.append(value)
            position = self.skip(position)
        return JsonArray(values, start, position + 1), position + 1

    def _comma(self, position: int) -> int:
        if self._text[position : position + 1] != ",":
            raise JSONDecodeError("a comma or a closing bracket is missing", self._text, position)
        return self.skip(position + 1)
