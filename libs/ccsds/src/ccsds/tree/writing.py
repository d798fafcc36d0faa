"""Messages to KVN, XML and JSON: as their source has them wherever they say the same."""

from __future__ import annotations

from collections.abc import Callable

from ccsds.errors import CannotWrite
from ccsds.limits import Limits
from ccsds.messages import Message
from ccsds.messages.value import Source
from ccsds.opening import BYTE_ORDER_MARK
from ccsds.profiles import profile_named
from ccsds.report import FindingLog
from ccsds.tree.document import Document
from ccsds.tree.editing import NotInPlace, edited_source
from ccsds.tree.in_place import IN_PLACE
from ccsds.tree.json_writing import write_json_document
from ccsds.tree.kinds import TreeKind
from ccsds.tree.kvn_reading import read_kvn_document
from ccsds.tree.kvn_writing import write_kvn_document
from ccsds.tree.left_out import left_out
from ccsds.tree.messages import json_document_again, read_json_message, read_xml_message, xml_document
from ccsds.tree.schema import Schema
from ccsds.tree.source_texts import with_source_texts
from ccsds.tree.xml_writing import write_xml_document

__all__ = ["write_message", "write_with_losses"]

NO_LIMITS = Limits(max_bytes=2**62, max_lines=2**62, max_segments=2**62, max_records=2**62, max_values=2**62)
BACK_ENDS: dict[str, Callable[[Document, Schema], bytes]] = {
    "KVN": write_kvn_document,
    "XML": write_xml_document,
    "JSON": write_json_document,
}


def write_message(kind: TreeKind, message: Message, text_format: str) -> bytes:
    """Write a message in `KVN`, `XML` or `JSON`.

    In the format of its source only what was edited changes there. In another one, and where an edit can't be made in
    the source's bytes, the message is written in the standard's form, with the source's own texts for every value that
    is as it was.

    Raises
    ------
    CannotWrite
        The format can't carry a value.
    """
    return _write(kind, message, text_format)[0]


def write_with_losses(kind: TreeKind, message: Message, text_format: str) -> tuple[bytes, tuple[str, ...]]:
    """Write a message as `write_message` does, and say what its source states that does not follow."""
    written, compared = _write(kind, message, text_format)
    return written, () if compared is None else left_out(*compared)


def _write(
    kind: TreeKind, message: Message, text_format: str
) -> tuple[bytes, tuple[Document, Document, Document] | None]:
    """Write a message; with it comes what its source says, said and says now, where something may not have followed."""
    new = kind.document(message)
    source = message.source
    if source is None or source.kind != kind.name or source.text_format not in BACK_ENDS:
        return _written(new, kind.schema, text_format), None
    data = source.data.removeprefix(BYTE_ORDER_MARK)
    said = _source_document(kind, data, source.text_format)
    old = _old_document(kind, message, source) if message.edited else new
    if said is None or old is None:
        return _written(new, kind.schema, text_format), None
    if text_format == source.text_format:
        edited = _in_place(kind, message, data, (new, old, said), text_format)
        if edited is not None:
            return source.data[: len(source.data) - len(data)] + edited, None
    return _written(with_source_texts(new, old, said), kind.schema, text_format, said), (said, old, new)


def _written(document: Document, schema: Schema, text_format: str, said: Document | None = None) -> bytes:
    """A document in a syntax; a value may be missing only where the source has none either."""
    missing = empty_keywords(document)
    if missing and said is not None:
        missing -= empty_keywords(said)
    if missing:
        raise CannotWrite(f"{min(missing)} has no value")
    return BACK_ENDS[text_format](document, schema)


def empty_keywords(document: Document) -> frozenset[str]:
    """The keywords that have no value."""
    blocks, found = [document.root], set()
    while blocks:
        block = blocks.pop()
        found |= {statement.keyword for statement in block.statements() if not statement.value}
        blocks += block.blocks()
    return frozenset(found)


def _old_document(kind: TreeKind, message: Message, source: Source) -> Document | None:
    """What the message said when it was read; None where the library can't write that."""
    try:
        return kind.document(type(message)(**source.fields))  # type: ignore[arg-type]
    except CannotWrite:
        return None


def _source_document(kind: TreeKind, data: bytes, text_format: str) -> Document | None:
    log = _unheard_log()
    if text_format == "KVN":
        return read_kvn_document(data, kind.schema)
    read = xml_document if text_format == "XML" else json_document_again
    return read(kind, data, log, NO_LIMITS)


def _unheard_log() -> FindingLog:
    return FindingLog(profile_named("lenient"), 0)


def _in_place(
    kind: TreeKind, message: Message, data: bytes, sides: tuple[Document, Document, Document], text_format: str
) -> bytes | None:
    """The source with the edit made in its bytes; None where that can't be done, or would read as something else."""
    new, old, said = sides
    if text_format == "JSON" and not data.isascii():
        return None  # places in JSON count characters
    try:
        edited = edited_source(data, new, old, said, IN_PLACE[text_format](data, kind.schema))
    except NotInPlace:
        return None
    log = _unheard_log()
    if text_format == "KVN":
        again = kind.read_kvn(edited, log, NO_LIMITS)
    else:
        read = read_xml_message if text_format == "XML" else read_json_message
        again = read(kind.name, edited, log, NO_LIMITS)
    return edited if again == message and not log.lossy else None
