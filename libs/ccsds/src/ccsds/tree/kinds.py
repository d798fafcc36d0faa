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
from typing import Any

from ccsds.deferred import deferred
from ccsds.document_format import Reader
from ccsds.messages import Cdm, Message, Oem, Omm, Opm
from ccsds.tree.schema import Schema

__all__ = ["KINDS", "TreeKind", "kind_of"]


@dataclass(frozen=True)
class TreeKind:
    """One kind.

    Attributes
    ----------
    read_kvn
        Bytes of KVN to the message, with all rules of the kind.
    write_kvn
        The message to KVN in the standard's form, without regard to its source.
    """

    name: str
    message_type: type[Message]
    make_schema: Callable[[], Schema]
    read_kvn: Reader
    write_kvn: Callable[[Any], bytes]

    @cached_property
    def schema(self) -> Schema:
        """Its blocks and keywords."""
        return self.make_schema()


KINDS: dict[str, TreeKind] = {
    kind.name: kind
    for kind in (
        TreeKind(
            "OEM",
            Oem,
            deferred("ccsds.tree.schemas", "oem_schema"),
            deferred("ccsds.readers.oem_kvn", "read_oem_kvn"),
            deferred("ccsds.writers.oem_kvn", "write_oem_kvn"),
        ),
        TreeKind(
            "OPM",
            Opm,
            deferred("ccsds.tree.schemas", "opm_schema"),
            deferred("ccsds.readers.opm_kvn", "read_opm_kvn"),
            deferred("ccsds.writers.opm_kvn", "write_opm_kvn"),
        ),
        TreeKind(
            "OMM",
            Omm,
            deferred("ccsds.tree.schemas", "omm_schema"),
            deferred("ccsds.readers.omm_kvn", "read_omm_kvn"),
            deferred("ccsds.writers.omm_kvn", "write_omm_kvn"),
        ),
        TreeKind(
            "CDM",
            Cdm,
            deferred("ccsds.tree.schemas", "cdm_schema"),
            deferred("ccsds.readers.cdm_kvn", "read_cdm_kvn"),
            deferred("ccsds.writers.cdm_kvn", "write_cdm_kvn"),
        ),
    )
}


def kind_of(message: Message) -> TreeKind | None:
    """The kind of a message; None where it stands in none of the three syntaxes."""
    return next((kind for kind in KINDS.values() if type(message) is kind.message_type), None)
