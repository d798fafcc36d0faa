"""What a catalogue's source says beyond the columns of element sets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

from ccsds.messages import ElementSets
from ccsds.tables.omm import OMM_CATALOGUE_KEYWORDS

__all__ = ["unread_columns"]

READ = frozenset(OMM_CATALOGUE_KEYWORDS)
IMPLIED = frozenset({"CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "MEAN_ELEMENT_THEORY"})
"""What an element set of a catalogue has without saying so."""
MAX_NAMED = 8


def unread_columns(sets: ElementSets) -> Iterator[str]:
    """A sentence about columns of a CSV or JSON source, or about headers and comments, that element sets don't hold."""
    source = sets.source
    if source is None:
        return
    if source.text_format in {"CSV", "JSON"}:
        names = _csv_names(source.data) if source.text_format == "CSV" else _json_names(source.data)
        unread = [name for name in names if name not in READ | IMPLIED]
        if unread:
            more = f" and {len(unread) - MAX_NAMED} more" if len(unread) > MAX_NAMED else ""
            yield f"columns that element sets don't have are left out: {', '.join(unread[:MAX_NAMED])}{more}"
    elif source.text_format in {"KVN", "XML"}:
        yield "headers, comments and whatever else stands beside the element sets are left out"


def _csv_names(data: bytes) -> list[str]:
    text = data.decode("utf-8-sig", errors="replace").lstrip()
    first = next(csv.reader(io.StringIO(text, newline="")), [])
    return [name.strip().upper() for name in first]


def _json_names(data: bytes) -> list[str]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return []
    records = value if isinstance(value, list) else [value]
    names: dict[str, None] = {}
    for record in records:
        if isinstance(record, dict):
            names.update(dict.fromkeys(str(name).upper() for name, content in record.items() if content is not None))
    return list(names)
