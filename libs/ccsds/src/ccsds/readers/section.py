"""A section of KVN read against its keyword table: order, repetition, empty and missing values, and typed values."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ccsds.report import FindingLog
from ccsds.syntax.kvn import KvnLine, split_unit
from ccsds.syntax.numbers import MAX_DIGITS, number_hint, number_problem, read_integer
from ccsds.syntax.times import TimeReading, read_time
from ccsds.tables.keyword import Keyword, KeywordTable, nearest_keyword
from ccsds.tables.oem import normalised

__all__ = ["Entry", "Section"]

KEYWORD = re.compile(r"[A-Z][A-Z0-9_]*\Z")
SECOND_ASSIGNMENT = re.compile(r"(?:^|\s)(?P<keyword>[A-Z][A-Z0-9_]+)\s*=")
NOT_A_VALUE = frozenset({"VAL-003", "VAL-004", "VAL-005", "VAL-009"})
NUMBER_MESSAGES = {
    "VAL-002/digits": "has more digits than the standard allows",
    "VAL-002/point": "lacks a digit beside its decimal point",
    "VAL-003": "is not a number",
    "VAL-003/mantissa": "has a mantissa that is not d.ddd",
    "VAL-004": "is not finite",
    "VAL-005": "has a blank inside",
    "VAL-009": "does not fit a double",
}
SCALES = ({"km": "m"}, {"min": "s", "h": "s", "d": "s"}, {"rad": "deg"})


@dataclass(slots=True)
class Entry:
    """A keyword's value with its place, both counted from 1."""

    value: str
    line: int
    column: int


class Section:
    """Collects the assignments of one section and reports what is wrong with them.

    Parameters
    ----------
    table
        Its keywords.
    title
        How messages call it, for example `the metadata`.
    log
        Where findings go.
    max_digits
        How many digits a number may have in that version.
    units_shown
        Whether units must be shown (CDM) or may be (ODM).
    unknown_key
        Rule key under which unknown keywords are reported.
    empty_key
        Rule key under which empty mandatory values of the header are reported.
    dimension_key
        Rule key under which a unit of another dimension than the table's is reported.
    units_any_case
        Whether units may be in any case and hold blanks, as in version 1.0.
    julian_dates
        Whether Julian dates are times, as in version 1.0.
    """

    def __init__(
        self,
        table: KeywordTable,
        title: str,
        log: FindingLog,
        *,
        max_digits: int = MAX_DIGITS,
        units_shown: bool = False,
        unknown_key: str = "SYN-008",
        empty_key: str = "SYN-012",
        dimension_key: str = "UNI-002",
        units_any_case: bool = False,
        julian_dates: bool = False,
    ) -> None:
        self.table = table
        self.title = title
        self.log = log
        self.entries: dict[str, Entry] = {}
        self.unknown: list[tuple[str, str]] = []
        self.last_line = 0
        self._max_digits = max_digits
        self._units_shown = units_shown
        self._unknown_key = unknown_key
        self._empty_key = empty_key
        self._dimension_key = dimension_key
        self._units_any_case = units_any_case
        self._julian_dates = julian_dates
        self._last_order = -1

    def keyword_of(self, parsed: KvnLine, line: int) -> str:
        """The keyword of an assignment, mended where only its case or blanks are wrong."""
        keyword = parsed.keyword
        if KEYWORD.match(keyword):
            return keyword
        mended = re.sub(r"\s+", "_", keyword.strip()).upper()
        hint = f"Write {mended}." if mended in self.table else None
        self.log.add(
            "SYN-007", f"keyword {keyword!r} is not upper case without blanks",
            line=line, column=parsed.column, hint=hint,
        )  # fmt: skip
        return mended

    def assign(self, parsed: KvnLine, line: int) -> Keyword | None:
        """Take one assignment; returns its table row, or None for an unknown keyword."""
        keyword = parsed.keyword
        row = self.table.get(keyword)
        if row is None:
            keyword = self.keyword_of(parsed, line)
            row = self.table.get(keyword)
        self.last_line = line
        if row is None:
            if KEYWORD.match(keyword) and KEYWORD.match(parsed.keyword):
                message = f"{keyword} is not a keyword of {self.title}"
                hint = self._spelling_hint(keyword)
                self.log.add(self._unknown_key, message, line=line, column=parsed.column, hint=hint)
            self.unknown.append((keyword, parsed.value))
            return None
        if "=" in parsed.value:
            self._second_assignment(parsed, line)
        if keyword in self.entries:
            self._repeated(keyword, parsed, line)
            return row
        if row.order < self._last_order:
            before = next(
                name for name, other in self.table.items() if other.order > row.order and name in self.entries
            )
            message = f"{keyword} stands after {before}; the standard's order is the reverse"
            self.log.add("SYN-009", message, line=line, column=parsed.column, hint=f"Move it before {before}.")
        else:
            self._last_order = row.order
        if not parsed.value:
            mandatory = self._empty_key if row.block == "header" else "SYN-012"
            key = mandatory if row.obligation == "M" else "SYN-012/optional"
            self.log.add(key, f"{keyword} has no value", line=line, column=parsed.column)
        self.entries[keyword] = Entry(parsed.value, line, parsed.value_column)
        return row

    def _spelling_hint(self, keyword: str) -> str | None:
        if not self.log.has_room(self._unknown_key):
            return None
        nearest = nearest_keyword(keyword, self.table)
        return f"Is {nearest} meant? If not, leave the keyword out." if nearest else None

    def _second_assignment(self, parsed: KvnLine, line: int) -> None:
        for match in SECOND_ASSIGNMENT.finditer(parsed.value):
            if match["keyword"] in self.table:
                column = parsed.value_column + match.start("keyword")
                self.log.add("SYN-006", f"a second assignment, to {match['keyword']}", line=line, column=column)

    def _repeated(self, keyword: str, parsed: KvnLine, line: int) -> None:
        first = self.entries[keyword]
        if normalised(first.value) == normalised(parsed.value):
            message = f"{keyword} stands here again, first on line {first.line}"
            self.log.add("SYN-010/same", message, line=line, column=parsed.column)
        else:
            message = f"{keyword} stands here again with another value than on line {first.line}"
            self.log.add("SYN-010", message, line=line, column=parsed.column)

    def require(self, *names: str) -> None:
        """Report mandatory keywords that are missing; by default all of the table."""
        for name in names or [row.name for row in self.table.values() if row.obligation == "M"]:
            if name not in self.entries:
                message, unit = f"{name} is missing from {self.title}", self.table[name].unit
                hint = f"Add the line {name} = …{f' [{unit}]' if unit else ''}"
                self.log.add("SYN-011", message, line=self.last_line or None, hint=hint)

    def text(self, name: str) -> str | None:
        """A value as text; None where there is none."""
        entry = self.entries.get(name)
        return entry.value if entry is not None and entry.value else None

    def time(self, name: str, *, utc: bool = True) -> np.datetime64 | None:
        """A value as datetime64[ns]; None, with a finding, where it is no time."""
        reading = self.time_reading(name, utc=utc)
        return None if reading is None or reading.ns is None else reading.epoch

    def time_reading(self, name: str, *, utc: bool = True) -> TimeReading | None:
        """A value as a time with what its text says; None where there is none."""
        entry = self.entries.get(name)
        if entry is None or not entry.value:
            return None
        reading = read_time(entry.value, utc=utc, julian_dates=self._julian_dates)
        if reading.problem is not None:
            self.log.drop(reading.problem, f"{name}: {reading.message}", line=entry.line, column=entry.column)
        return reading

    def integer(self, name: str, *, key: str = "VAL-001") -> int | None:
        """A value as an integer; None, with a finding, where it is none."""
        entry = self.entries.get(name)
        if entry is None or not entry.value:
            return None
        value = read_integer(entry.value)
        if value is None:
            if entry.value.lower() == "nan":
                self.log.add("VAL-001/missing", f"{name} is NaN", line=entry.line, column=entry.column)
                return None
            message = f"{name}: {entry.value!r} is not an integer of 32 bits"
            self.log.drop(key, message, line=entry.line, column=entry.column)
        return value

    def number(self, name: str) -> float | None:
        """A value as a number in the unit of the table; None, with a finding, where it is none."""
        entry = self.entries.get(name)
        if entry is None or not entry.value:
            return None
        ending = self.table[name].shown_unit
        if ending and entry.value.endswith(ending):
            value, problem = number_problem(entry.value[: -len(ending)], self._max_digits)
            if problem is None:
                return value
        shown = split_unit(entry.value)
        if not self._unit_fits(name, entry, shown.unit, spaced=shown.spaced, closed=shown.closed):
            return None
        value, problem = number_problem(shown.value, self._max_digits)
        if problem is None:
            return value
        message = f"{name}: {shown.value!r} {NUMBER_MESSAGES[problem]}"
        if problem == "VAL-004" and self.table[name].obligation == "O":
            self.log.add("VAL-004/optional", message, line=entry.line, column=entry.column)
        elif problem in NOT_A_VALUE:
            hint = number_hint(shown.value)
            self.log.drop(problem, message, line=entry.line, column=entry.column, hint=hint)
        else:
            self.log.add(problem, message, line=entry.line, column=entry.column)
        return value

    def peek(self, name: str) -> float | None:
        """A value as a number without any finding; None where it is none."""
        entry = self.entries.get(name)
        return None if entry is None else number_problem(split_unit(entry.value).value, self._max_digits)[0]

    def _unit_fits(self, name: str, entry: Entry, unit: str | None, *, spaced: bool, closed: bool) -> bool:
        """Check the unit that is shown; False where the value is in another scale than the table's."""
        expected = self.table[name].unit
        if unit is None:
            if expected and self._units_shown:
                hint = f"Write [{expected}] behind it."
                self.log.add("UNI-006", f"{name} shows no unit", line=entry.line, column=entry.column, hint=hint)
            return True
        if self._units_any_case and unit.replace(" ", "").lower() == expected.lower():
            unit = expected
        column = entry.column + entry.value.index("[")
        if not spaced:
            self.log.add("UNI-003", f"{name}: no blank before the unit", line=entry.line, column=column)
        if unit == expected and closed:
            return True
        shown = f"[{unit}{']' if closed else ''}"
        if not expected or unit.lower() == "n/a":
            self.log.add("UNI-004", f"{name} shows {shown}", line=entry.line, column=column)
            return True
        message = f"{name} shows {shown}; its unit is [{expected}]"
        if _convertible(unit, expected):
            hint = f"Convert the value to {expected}, and write [{expected}] behind it."
            self.log.drop("UNI-002/convertible", message, line=entry.line, column=column, hint=hint)
            return False
        key = "UNI-002" if _dimension(unit.lower()) == _dimension(expected.lower()) else self._dimension_key
        self.log.add(key, message, line=entry.line, column=column, hint=f"Write [{expected}] instead.")
        return True


def _convertible(unit: str, expected: str) -> bool:
    """Whether a unit is of the same dimension as the table's but of another scale."""
    if _plain(unit.lower()) == _plain(expected.lower()):
        return False
    return _dimension(unit.lower()) == _dimension(expected.lower())


def _dimension(unit: str) -> str:
    parts = re.split(r"([a-z]+)", _plain(unit))
    for scale in SCALES:
        parts = [scale.get(part, part) for part in parts]
    return "".join(parts)


def _plain(unit: str) -> str:
    """A unit without the signs that stand for powers."""
    return re.sub(r"[*^ ]", "", unit)
