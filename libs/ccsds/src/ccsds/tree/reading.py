"""Documents to messages: the lines of KVN that a document stands for go through the reader of its kind."""

from __future__ import annotations

from ccsds.limits import Limits
from ccsds.messages import Message
from ccsds.report import FindingLog
from ccsds.tree.document import Document
from ccsds.tree.kinds import TreeKind
from ccsds.tree.kvn_writing import Origin, kvn_lines
from ccsds.tree.placed_log import PlacedLog

__all__ = ["MOOT_IN_JSON", "MOOT_IN_XML", "read_document"]

MOOT_IN_XML = frozenset({"SYN-002/non-ascii", "SYN-002/tab", "SYN-003", "SYN-015"})
"""Encoding and layout of lines: XML has its own."""
MOOT_IN_JSON = MOOT_IN_XML | {
    "SYN-001",
    "SYN-001/comment",
    "SYN-001/space-track",
    "SYN-009",
    "VAL-003/mantissa",
}
"""The members of an object have no order either, and JSON writes numbers its own way."""


def read_document(
    document: Document, kind: TreeKind, log: FindingLog, limits: Limits, moot: frozenset[str]
) -> Message | None:
    """Read and check a message; None where nothing of it is usable."""
    lines: list[str] = []
    origins: list[Origin] = []
    for line, origin in kvn_lines(document, kind.schema):
        lines.append(line)
        origins.append(origin)
    data = ("\n".join(lines) + "\n").encode("utf-8", errors="replace")
    return kind.read_kvn(data, PlacedLog(log, origins, moot), limits)
