"""The values of one row, by keyword, as a tuple of texts that a line of KVN can hold."""

from __future__ import annotations

import re

from ccsds.report import FindingLog
from ccsds.tree.document import Place
from ccsds.tree.schema import RowSchema

__all__ = ["RowTexts"]

TOKEN = re.compile(r"[0-9A-Za-z.+:-]+\Z")
EPOCH = re.compile(r"[0-9]\S*\Z")


class RowTexts:
    """Collects the values of rows, and refuses a row that is not whole."""

    def __init__(self, schema: RowSchema, log: FindingLog) -> None:
        self._schema = schema
        self._log = log

    def take(self, values: dict[str, str], keyword: str, text: str, unit: str | None, place: Place) -> None:
        """Take one value of a row."""
        schema = self._schema
        if keyword not in schema.columns:
            self._add("SYN-008", f"{keyword} is not a keyword of {schema.name}", place)
            return
        if keyword in values:
            key = "SYN-010/same" if values[keyword] == text else "SYN-010"
            self._add(key, f"{keyword} stands here again", place)
            return
        expected = schema.units[schema.columns.index(keyword)]
        if unit is not None and unit != expected:
            message = f"{keyword} shows [{unit}]; " + (f"its unit is [{expected}]" if expected else "it has no unit")
            if expected and unit.lower() != expected.lower():
                self._log.lossy = True
                self._add("UNI-002/convertible", message, place)
            else:
                self._add("UNI-002" if expected else "UNI-004", message, place)
        if keyword == "COV_REF_FRAME":
            fits = "=" not in text
        else:
            fits = bool((EPOCH if keyword == "EPOCH" else TOKEN).match(text))
        if text and not fits:
            self._log.lossy = True
            key = "TIM-001" if keyword == "EPOCH" else "VAL-005" if " " in text else "VAL-003"
            self._add(key, f"{keyword}: {text!r} is no {'time' if keyword == 'EPOCH' else 'number'}", place)
            text = "\0"
        values[keyword] = text

    def finish(self, values: dict[str, str], place: Place) -> tuple[str, ...] | None:
        """The row; None, with findings, where a value is missing or can't be read."""
        schema = self._schema
        missing = [name for name in schema.columns if not values.get(name) and name not in schema.optional]
        if missing:
            self._log.lossy = True
            self._add("SYN-011", f"{', '.join(missing)} missing from {schema.name}", place)
            return None
        if "\0" in values.values():
            return None
        return tuple(values.get(name, "") for name in schema.columns)

    def _add(self, key: str, message: str, place: Place) -> None:
        self._log.add(key, message, line=place.line, column=place.column, path=place.path)
