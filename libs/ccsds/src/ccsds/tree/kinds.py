"""The kinds of message that stand in KVN, XML and JSON.

A kind brings a schema (blocks, keywords), a reader of KVN with all its rules, and a writer of KVN in the standard's
form. Everything else is the tree's: a message in XML or JSON becomes a document, the document becomes lines of KVN that
remember where they came from, and the kind's one reader judges them; a message to write becomes a document through the
kind's one writer, and the document is written in the syntax that is wanted.

For another kind: its schema in `ccsds.tree.schemas`, a row in `KINDS`, its rows in `ccsds.formats`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ccsds.deferred import deferred
from ccsds.document_format import Reader
from ccsds.messages import Cdm, Message, Oem, Omm, Opm
from ccsds.tree.document import Document
from ccsds.tree.schema import Schema

if TYPE_CHECKING:
    from ccsds.writers.kvn_lines import KvnText

__all__ = ["KINDS", "TreeKind", "kind_of"]


@dataclass(frozen=True)
class TreeKind:
    """One kind.

    Attributes
    ----------
    read_kvn
        Bytes of KVN to the message, with all rules of the kind.
    lines
        The message to lines of KVN in the standard's form, without regard to its source; None where `make_document`
        makes the document of a message that has too many rows for that.
    """

    name: str
    message_type: type[Message]
    make_schema: Callable[[], Schema]
    read_kvn: Reader
    lines: Callable[[Any], KvnText] | None = None
    make_document: Callable[[Any], Document] | None = None

    @cached_property
    def schema(self) -> Schema:
        """Its blocks and keywords."""
        return self.make_schema()

    def document(self, message: Message) -> Document:
        """The document of a message in the standard's form; a value that is missing is empty text.

        Raises
        ------
        CannotWrite
            No text stands for a value.
        """
        if self.make_document is not None:
            return self.make_document(message)
        from ccsds.tree.kvn_reading import read_kvn_document  # noqa: PLC0415

        if self.lines is None:
            raise TypeError(f"{self.name} is written neither as lines nor as a document")
        return read_kvn_document(self.lines(message).for_documents(), self.schema)


KINDS: dict[str, TreeKind] = {
    kind.name: kind
    for kind in (
        TreeKind(
            "OEM",
            Oem,
            deferred("ccsds.tree.schemas", "oem_schema"),
            deferred("ccsds.readers.oem_kvn", "read_oem_kvn"),
            make_document=deferred("ccsds.writers.oem_document", "oem_document"),
        ),
        TreeKind(
            "OPM",
            Opm,
            deferred("ccsds.tree.schemas", "opm_schema"),
            deferred("ccsds.readers.opm_kvn", "read_opm_kvn"),
            deferred("ccsds.writers.opm_kvn", "opm_lines"),
        ),
        TreeKind(
            "OMM",
            Omm,
            deferred("ccsds.tree.schemas", "omm_schema"),
            deferred("ccsds.readers.omm_kvn", "read_omm_kvn"),
            deferred("ccsds.writers.omm_kvn", "omm_lines"),
        ),
        TreeKind(
            "CDM",
            Cdm,
            deferred("ccsds.tree.schemas", "cdm_schema"),
            deferred("ccsds.readers.cdm_kvn", "read_cdm_kvn"),
            deferred("ccsds.writers.cdm_kvn", "cdm_lines"),
        ),
    )
}


def kind_of(message: Message) -> TreeKind | None:
    """The kind of a message; None where it stands in none of the three syntaxes."""
    return next((kind for kind in KINDS.values() if type(message) is kind.message_type), None)
