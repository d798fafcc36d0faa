"""Written rows as JSON, CSV, XML, HTML, TLE, 3LE and KVN."""

import csv
import html
import io
import json
from collections.abc import Callable, Mapping, Sequence
from xml.sax.saxutils import escape

from spacetrack_simulator.classes import Column, Format
from spacetrack_simulator.query.errors import BadQueryError
from spacetrack_simulator.rendering.cdm_text import cdm_kvn, cdm_xml
from spacetrack_simulator.rendering.omm_text import omm_kvn
from spacetrack_simulator.rendering.values import WrittenRow

__all__ = ["MEDIA_TYPES", "render"]

MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "xml": "application/xml",
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "tle": "text/plain; charset=utf-8",
    "3le": "text/plain; charset=utf-8",
    "kvn": "text/plain; charset=utf-8",
    "stream": "application/octet-stream",
}


def render(
    class_name: str,
    columns: Sequence[Column],
    rows: Sequence[WrittenRow],
    wanted: Format,
    *,
    line_end: str,
    metadata: Mapping[str, object] | None = None,
) -> bytes:
    """Write rows in a format.

    Raises
    ------
    BadQueryError
        The class has no rows in that format.

    """
    if wanted == "json":
        answer: object = rows if metadata is None else {"request_metadata": metadata, "data": rows}
        return json.dumps(answer, separators=(",", ":")).encode()
    if wanted == "xml":
        return (cdm_xml(rows) if class_name == "cdm" else _xml(rows)).encode()
    names = list(rows[0]) if rows else [column.name for column in columns]
    if wanted == "csv":
        return _csv(names, rows, line_end).encode()
    if wanted == "html":
        return _html(names, rows).encode()
    writer = _TEXTS.get((class_name.removesuffix("_history"), wanted))
    if writer is None:
        raise BadQueryError(f"Class {class_name} has no format {wanted}")
    return "".join(f"{line}{line_end}" for row in rows for line in writer(row)).encode()


def _csv(names: Sequence[str], rows: Sequence[WrittenRow], line_end: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=line_end, quoting=csv.QUOTE_ALL)
    writer.writerow(names)
    writer.writerows([row.get(name) or "" for name in names] for row in rows)
    return text.getvalue()


def _xml(rows: Sequence[WrittenRow]) -> str:
    items = "".join(
        "<item>"
        + "".join(f"<{name}>{escape(value)}</{name}>" for name, value in row.items() if value is not None)
        + "</item>"
        for row in rows
    )
    return f'<?xml version="1.0" encoding="utf-8"?>\n<xml>{items}</xml>\n'


def _html(names: Sequence[str], rows: Sequence[WrittenRow]) -> str:
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(row.get(name) or '')}</td>" for name in names) + "</tr>" for row in rows
    )
    return f"<!DOCTYPE html>\n<html><body><table><tr>{head}</tr>{body}</table></body></html>\n"


def _tle(row: WrittenRow) -> list[str]:
    first, second = row["TLE_LINE1"], row["TLE_LINE2"]
    return [first, second] if first and second else []


def _three_lines(row: WrittenRow) -> list[str]:
    lines = _tle(row)
    return [row["TLE_LINE0"] or "0", *lines] if lines else []


def _keywords(row: WrittenRow) -> list[str]:
    return [f"{name:<32}= {value}" for name, value in row.items() if value is not None]


_TEXTS: dict[tuple[str, str], Callable[[WrittenRow], list[str]]] = {
    ("gp", "tle"): _tle,
    ("gp", "3le"): _three_lines,
    ("gp", "kvn"): omm_kvn,
    ("cdm", "kvn"): cdm_kvn,
    ("maneuver", "kvn"): _keywords,
}
