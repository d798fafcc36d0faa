"""OMM catalogues in JSON: an array of flat objects; numbers as numbers (CelesTrak) or as text (Space-Track)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ccsds.limits import Limits
from ccsds.messages.element_sets import ElementSets
from ccsds.readers.omm_columns import Place, Records, element_sets
from ccsds.report import FindingLog

__all__ = ["read_omm_json"]


def read_omm_json(data: bytes, log: FindingLog, limits: Limits) -> ElementSets | None:
    """Read a catalogue; of a file that is cut, the whole records before the cut are read."""
    text = data.decode("utf-8", errors="replace")
    records: list[dict[str, str]] = []
    indexes: list[int] = []
    for index, record in enumerate(_records(text, log)):
        if len(records) == limits.max_records:
            log.drop("SYN-017", f"more than {limits.max_records} records")
            break
        if not isinstance(record, dict) or any(isinstance(value, (dict, list)) for value in record.values()):
            log.lossy = True
            log.add("JSN-002", "the record is no flat object of keywords", path=f"[{index}]")
            continue
        records.append({key.upper(): _text(value) for key, value in record.items()})
        indexes.append(index)
    if not records:
        return None
    keywords = set().union(*records)
    columns = {keyword: [record.get(keyword, "") for record in records] for keyword in keywords}

    def place(row: int, keyword: str) -> Place:
        return Place(None, path=f"[{indexes[row]}].{keyword}")

    return element_sets(Records(len(records), columns, place), log)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else str(value)


def _records(text: str, log: FindingLog) -> Iterator[Any]:
    """The records of an array, or the one object; numbers keep their text."""
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
    try:
        whole = decoder.decode(text)
    except json.JSONDecodeError as error:
        log.drop("JSN-001", f"not well-formed: {error.msg}", line=error.lineno, column=error.colno)
        yield from _records_before_the_break(text, decoder)
        return
    except RecursionError:
        log.drop("JSN-001", "nested too deep", line=1)
        return
    yield from whole if isinstance(whole, list) else [whole]


def _records_before_the_break(text: str, decoder: json.JSONDecoder) -> Iterator[Any]:
    position = text.find("[") + 1
    while position < len(text):
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        try:
            record, position = decoder.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            return
        yield record
