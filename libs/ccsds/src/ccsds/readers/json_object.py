"""One JSON object, member by member: types are checked where they are asked for, and findings carry the path."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from ccsds.report import FindingLog
from ccsds.syntax.numbers import NO_VALUE, number_problem

__all__ = ["JsonObject", "NumberText", "parse_object"]


class NumberText(str):
    """A number with its text."""

    __slots__ = ()


class JsonObject:
    """The members of an object.

    Parameters
    ----------
    members
        Name to value; numbers are `NumberText`.
    path
        Where the object stands; empty for the document.
    log
        Where findings go.
    type_key, missing_key
        Rule keys for values of another type or range, and for members that are missing.
    """

    def __init__(self, members: dict[str, Any], path: str, log: FindingLog, *, type_key: str, missing_key: str) -> None:
        self._members = members
        self._path = path
        self._log = log
        self._type_key = type_key
        self._missing_key = missing_key

    def __contains__(self, name: str) -> bool:
        return self._members.get(name) is not None

    def path(self, name: str) -> str:
        """Where a member stands."""
        return f"{self._path}.{name}" if self._path else name

    def refuse(self, name: str, message: str) -> None:
        """Report a member whose value is of no use."""
        self._log.lossy = True
        self._log.add(self._type_key, f"{self.path(name)} {message}", path=self.path(name))

    def require(self, *names: str) -> None:
        """Report members that are missing."""
        for name in names:
            if name not in self:
                self._log.lossy = True
                self._log.add(self._missing_key, f"{self.path(name)} is missing", path=self.path(name))

    def unknown(self, known: Collection[str], key: str) -> None:
        """Report members that have no meaning here."""
        for name in self._members:
            if name not in known:
                self._log.add(key, f"{self.path(name)} is no member of the form", path=self.path(name))

    def text(self, name: str, choices: Collection[str] = ()) -> str | None:
        """A text, one of the choices if there are any; None, with a finding, where it is none."""
        value = self._members.get(name)
        if value is None:
            return None
        if isinstance(value, NumberText) or not isinstance(value, str) or not value.strip():
            self.refuse(name, "is no text")
            return None
        if choices and value not in choices:
            self.refuse(name, f"is {value!r}; it must be one of {', '.join(choices)}")
            return None
        return value.strip()

    def number(self, name: str, *, above: float | None = None, least: float | None = None) -> float | None:
        """A finite number within bounds; None, with a finding, where it is none."""
        value = self._members.get(name)
        if value is None:
            return None
        number = self._number(value)
        if number is None:
            self.refuse(name, "is no finite number")
        elif (above is not None and number <= above) or (least is not None and number < least):
            self.refuse(name, f"is {value}; it must be {'above' if above is not None else 'at least'} 0")
        else:
            return number
        return None

    def integer(self, name: str, least: int, most: int) -> int | None:
        """An integer within bounds; None, with a finding, where it is none."""
        value = self._members.get(name)
        if value is None:
            return None
        text = str(value).strip()
        if (
            isinstance(value, str)
            and text.isascii()
            and text.isdigit()
            and len(text) < 20
            and least <= int(text) <= most
        ):
            return int(text)
        self.refuse(name, f"is no integer from {least} to {most}")
        return None

    def vector(self, name: str) -> list[float] | None:
        """Three numbers, as an array or separated by commas; None, with a finding, where they are not."""
        value = self._members.get(name)
        if value is None:
            return None
        if isinstance(value, str) and not isinstance(value, NumberText):
            value = [NumberText(part.strip()) for part in value.split(",")]
        numbers = [self._number(part) for part in value] if isinstance(value, list) else []
        if len(numbers) != 3 or any(number is None for number in numbers):
            self.refuse(name, "does not hold three finite numbers")
            return None
        return [number for number in numbers if number is not None]

    def rows(self, name: str) -> list[list[float]] | None:
        """Rows of numbers; None, with a finding, where they are none."""
        value = self._members.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
            self.refuse(name, "is no array of rows")
            return None
        rows = [[self._number(part) for part in row] for row in value]
        if any(number is None for row in rows for number in row):
            self.refuse(name, "holds what is no finite number")
            return None
        return [[number for number in row if number is not None] for row in rows]

    def member(self, name: str) -> JsonObject | None:
        """An object; None, with a finding, where it is none."""
        value = self._members.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.refuse(name, "is no object")
            return None
        return JsonObject(value, self.path(name), self._log, type_key=self._type_key, missing_key=self._missing_key)

    @staticmethod
    def _number(value: object) -> float | None:
        if not isinstance(value, NumberText):
            return None
        number, problem = number_problem(value)
        return None if problem in NO_VALUE else number


def parse_object(data: bytes, log: FindingLog, *, type_key: str, missing_key: str) -> JsonObject | None:
    """Parse a document that is one JSON object; None, with a finding, where it is none."""

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                log.drop("SYN-010", f"the member {name!r} stands here again")
            found[name] = value
        return found

    decoder = json.JSONDecoder(
        parse_float=NumberText, parse_int=NumberText, parse_constant=NumberText, object_pairs_hook=members
    )
    try:
        value = decoder.decode(data.decode("utf-8", errors="replace"))
    except json.JSONDecodeError as error:
        log.drop("JSN-001", f"not well-formed: {error.msg}", line=error.lineno, column=error.colno)
        return None
    except RecursionError:
        log.drop("JSN-001", "nested too deep", line=1)
        return None
    if not isinstance(value, dict):
        log.drop("JSN-002", "the document is no object", line=1)
        return None
    return JsonObject(value, "", log, type_key=type_key, missing_key=missing_key)
