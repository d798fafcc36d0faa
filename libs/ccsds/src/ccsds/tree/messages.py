"""Single messages in XML and in the library's JSON: bytes to typed messages."""

from __future__ import annotations

import re

from ccsds.limits import Limits
from ccsds.messages import Message
from ccsds.readers.characters import invalid_utf8
from ccsds.report import FindingLog
from ccsds.syntax.lines import Lines
from ccsds.tree.document import Document
from ccsds.tree.flat_json import read_flat_document
from ccsds.tree.json_members import JsonArray, JsonObject, read_json
from ccsds.tree.json_reading import read_json_document
from ccsds.tree.kinds import KINDS, TreeKind
from ccsds.tree.reading import MOOT_IN_JSON, MOOT_IN_XML, read_document
from ccsds.tree.xml_elements import read_elements
from ccsds.tree.xml_reading import read_xml_document

__all__ = ["json_document", "json_document_again", "read_json_message", "read_xml_message", "xml_document"]

DECLARATION = re.compile(rb"<\?xml\s+version=[\"']1\.[01][\"']\s+encoding=[\"'][Uu][Tt][Ff]-8[\"']")
MESSAGES = frozenset({"opm", "omm", "oem", "ocm", "apm", "aem", "acm", "cdm", "rdm", "tdm"})


def read_xml_message(kind_name: str, data: bytes, log: FindingLog, limits: Limits) -> Message | None:
    """Read and check a message in XML, alone or alone in an NDM container; None where nothing of it is usable."""
    kind = KINDS[kind_name]
    document = xml_document(kind, data, log, limits)
    return None if document is None else read_document(document, kind, log, limits, MOOT_IN_XML)


def xml_document(kind: TreeKind, data: bytes, log: FindingLog, limits: Limits) -> Document | None:
    """The document of a message in XML; None, with findings, where there is none."""
    if not DECLARATION.match(data):
        log.add("XML-006", "the XML declaration with its encoding UTF-8 is missing", line=1, column=1)
    root = read_elements(data, log, limits)
    if root is None:
        return None
    base = ""
    if root.name == "ndm":
        members = [child for child in root.children if child.name in MESSAGES]
        if len(members) != 1:
            log.drop("FMT-008", f"the container holds {len(members)} messages", line=root.line, column=root.column)
            return None
        root, base = members[0], "ndm/"
    if root.name != kind.name.lower():
        message = f"the root element is {root.name}; it must be {kind.name.lower()}"
        log.drop("XML-004", message, line=root.line, column=root.column)
        return None
    return read_xml_document(root, data, kind.schema, log, base)


def read_json_message(kind_name: str, data: bytes, log: FindingLog, limits: Limits) -> Message | None:
    """Read and check a message in JSON: the library's own form, or a flat object of keywords."""
    kind = KINDS[kind_name]
    document = json_document(kind, data, log, limits)
    return None if document is None else read_document(document, kind, log, limits, MOOT_IN_JSON)


def json_document_again(kind: TreeKind, data: bytes, log: FindingLog, limits: Limits) -> Document | None:
    """The document of a message in JSON whose reading is told nobody: the last one that was read, if it is that.

    Who takes an array of messages over, reads each and writes it at once in another format.
    """
    last = _last_read
    if last is not None and last[0] is data and last[1] is kind:
        return last[2]
    return json_document(kind, data, log, limits)


_SMALL = 256 * 1024
"""What is larger is not kept in memory for somebody who may want it again."""
_last_read: tuple[bytes, TreeKind, Document] | None = None


def json_document(kind: TreeKind, data: bytes, log: FindingLog, limits: Limits) -> Document | None:
    """The document of a message in JSON; None, with findings, where there is none."""
    global _last_read  # noqa: PLW0603 - one tuple, put in its place at once
    document = _json_document(kind, data, log, limits)
    if document is not None and len(data) <= _SMALL:
        _last_read = data, kind, document
    return document


def _json_document(kind: TreeKind, data: bytes, log: FindingLog, limits: Limits) -> Document | None:
    broken = invalid_utf8(data)
    if broken is not None:
        line, column = Lines(data).place_of(broken)
        log.drop("JSN-001", f"byte 0x{data[broken]:02x} is not valid UTF-8", line=line, column=column)
        return None
    text = data.decode("utf-8")
    root = read_json(text, log, limits)
    if isinstance(root, JsonArray) and len(root.values) == 1:
        root = root.values[0]
    if isinstance(root, JsonObject) and any(member.name in {"header", "body"} for member in root.members):
        return read_json_document(root, text, kind.schema, log)
    if root is not None:
        return read_flat_document(root, text, kind.schema, log)
    return None
