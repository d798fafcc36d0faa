"""Documents that hold several messages: each of them as a document of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise

from ccsds.formats import find_format
from ccsds.limits import Limits
from ccsds.opening import BYTE_ORDER_MARK, compression_of

__all__ = ["parts_of"]

VERSION_LINE = re.compile(rb"^[ \t]*CCSDS_([A-Z]{3})_VERS[ \t]*=", re.MULTILINE)
BEFORE_VERSION = re.compile(rb"[ \t]*(?:(?:CONSTELLATION|CDM_ID|FILENAME|INSERT_EPOCH|GID)[ \t]*=.*)?\Z")
NAMESPACE = re.compile(rb"\sxmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')")
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\n'
CATALOGUES = frozenset({"OMM", "TLE"})


def parts_of(data: bytes, limits: Limits) -> Iterator[bytes]:
    """The messages of an NDM container, of an array of JSON objects, or of KVN files one behind the other.

    Anything else, catalogues of element sets among it, is one document and comes back as it is.
    """
    sniffed, _ = find_format(data) if compression_of(data) is None else (None, None)
    if len(data) > limits.max_bytes or sniffed is None or sniffed.kind in CATALOGUES:
        yield data
        return
    body = data.removeprefix(BYTE_ORDER_MARK)
    split = {"XML": _members, "JSON": _rows, "KVN": _files}.get(sniffed.format)
    parts = [] if split is None else split(body, limits)
    if len(parts) > 1:
        yield from parts
    else:
        yield data


def _members(data: bytes, limits: Limits) -> list[bytes]:
    """The messages of a container, each with the namespaces that the container declares."""
    from ccsds.profiles import profile_named  # noqa: PLC0415
    from ccsds.report import FindingLog  # noqa: PLC0415
    from ccsds.tree.messages import MESSAGES  # noqa: PLC0415
    from ccsds.tree.xml_elements import START_TAG, read_elements  # noqa: PLC0415

    root = read_elements(data, FindingLog(profile_named("lenient"), 0), limits)
    if root is None or root.name != "ndm" or root.span is None:
        return []
    container = START_TAG.match(data, root.start)
    declared = b"" if container is None else b"".join(NAMESPACE.findall(container.group()))
    parts = []
    for child in root.children:
        tag = None if child.name not in MESSAGES or child.span is None else START_TAG.match(data, child.start)
        if tag is not None:
            own = {name.split(b"=")[0].strip() for name in NAMESPACE.findall(tag.group())}
            inherited = b"".join(name for name in NAMESPACE.findall(declared) if name.split(b"=")[0].strip() not in own)
            end = tag.end() - (2 if tag.group().endswith(b"/>") else 1)
            parts.append(DECLARATION + data[child.start : end] + inherited + data[end : child.stop] + b"\n")
    return parts


def _rows(data: bytes, limits: Limits) -> list[bytes]:
    """The objects of an array; none where the two of one CDM are its objects, or where the text is cut."""
    try:
        text = data.decode("utf-8")
        decoder = json.JSONDecoder()
        position = _next(text, 0)
        if text[position : position + 1] != "[":
            return []
        position = _next(text, position + 1)
        rows: list[tuple[object, str]] = []
        while position < len(text) and text[position] != "]":
            value, end = decoder.raw_decode(text, position)
            rows.append((value, text[position:end]))
            if len(rows) > limits.max_records:
                return []
            position = _next(text, end)
            if text[position : position + 1] == ",":
                position = _next(text, position + 1)
    except (ValueError, RecursionError):
        return []
    objects = [value.get("OBJECT") for value, _ in rows if isinstance(value, dict)]
    if len(objects) != len(rows) or objects == ["OBJECT1", "OBJECT2"]:
        return []
    return [row.encode() for _, row in rows]


def _next(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _files(data: bytes, limits: Limits) -> list[bytes]:
    """KVN at every version line, with the lines of Space-Track that stand before it."""
    starts = [match.start() for match in VERSION_LINE.finditer(data)]
    if len(starts) < 2 or len(starts) > limits.max_records:
        return []
    bounds = [0, *(_with_lines_before(data, start) for start in starts[1:]), len(data)]
    return [data[start:stop] for start, stop in pairwise(bounds)]


def _with_lines_before(data: bytes, start: int) -> int:
    """Where a message begins whose version line begins at `start`."""
    while start > 0:
        before = data.rfind(b"\n", 0, start - 1) + 1
        line = data[before : start - 1].rstrip(b"\r")
        if BEFORE_VERSION.match(line) is None or not line.strip():
            break
        start = before
    return start
