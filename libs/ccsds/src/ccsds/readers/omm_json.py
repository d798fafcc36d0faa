"""OMM catalogues in JSON: an array of flat objects; numbers as numbers (CelesTrak) or as text (Space-Track)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ccsds.limits import Limits
from ccsds.messages.element_sets import ElementSets
from ccsds.readers.omm_columns import KEYWORDS, Place, Records, element_sets
from ccsds.report import FindingLog

__all__ = ["read_omm_json"]

DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
"""Numbers keep their text."""


def read_omm_json(data: bytes, log: FindingLog, limits: Limits) -> ElementSets | None:
    """Read a catalogue; of a file that is cut, the whole records before the cut are read."""
    found = _records(data.decode("utf-8", errors="replace"), log)
    records: list[dict[str, Any]] = []
    indexes: list[int] = []
    for index, record in enumerate(found):
        if len(records) == limits.max_records:
            log.drop("SYN-017", f"more than {limits.max_records} records")
            break
        if not isinstance(record, dict) or not {dict, list}.isdisjoint(map(type, record.values())):
            log.lossy = True
            log.add("JSN-002", "the record is no flat object of keywords", path=f"[{index}]")
            continue
        records.append(record)
        indexes.append(index)
    if not records:
        return None

    def place(row: int, keyword: str) -> Place:
        return Place(None, path=f"[{indexes[row]}].{keyword}")

    return element_sets(Records(len(records), _columns(records), place), log)


def _columns(records: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """The texts of every keyword; names may be in any case, as long as a record has one of them once."""
    spellings: dict[str, list[str]] = {}
    for name in set().union(*records):
        spellings.setdefault(name.upper(), []).append(name)
    columns = {}
    for keyword in KEYWORDS & spellings.keys():
        names = spellings[keyword]
        if len(names) == 1:
            values = [record.get(names[0], "") for record in records]
        else:
            values = [_last(record, keyword) for record in records]
        texts = values if set(map(type, values)) == {str} else list(map(_text, values))
        columns[keyword] = list(map(str.strip, texts))
    return columns


def _last(record: dict[str, Any], keyword: str) -> Any:
    """The value of a keyword whose case differs between the records: the last one that a record has."""
    return next((record[name] for name in reversed(record) if name.upper() == keyword), "")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _records(text: str, log: FindingLog) -> list[Any]:
    """The records of an array, or the one object."""
    try:
        whole = DECODER.decode(text)
    except json.JSONDecodeError as error:
        log.drop("JSN-001", f"not well-formed: {error.msg}", line=error.lineno, column=error.colno)
        return _records_before_the_break(text)
    except RecursionError:
        log.drop("JSN-001", "nested too deep", line=1)
        return []
    return whole if isinstance(whole, list) else [whole]


def _records_before_the_break(text: str) -> list[Any]:
    records = []
    position = text.find("[") + 1
    while position < len(text):
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        try:
            record, position = DECODER.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            break
        records.append(record)
    return records
