"""OEM to KVN."""

from __future__ import annotations

from ccsds.messages.oem import Oem
from ccsds.tree.kvn_writing import write_kvn_document
from ccsds.tree.schemas import oem_schema
from ccsds.writers.oem_document import oem_document

__all__ = ["write_oem_kvn"]


def write_oem_kvn(oem: Oem) -> bytes:
    """Write an OEM as the standard wants it, in the version of its header.

    Raises
    ------
    CannotWrite
        A value can't stand in a KVN file, or not in that version.
    """
    return write_kvn_document(oem_document(oem, for_kvn=True), oem_schema())
