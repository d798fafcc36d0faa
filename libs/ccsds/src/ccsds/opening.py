"""The beginning of a document, from which its kind and format are told."""

from __future__ import annotations

import re
from functools import cached_property
from typing import NamedTuple

__all__ = ["BYTE_ORDER_MARK", "Opening", "Sniffed", "compression_of"]

HEAD_BYTES = 65536
MAX_LINE = 1000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "a zip archive",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
    b"]\x00\x00": "lzma",
}


class Sniffed(NamedTuple):
    """Kind, format and version of a document, as its beginning tells."""

    kind: str
    format: str
    version: str | None


def compression_of(data: bytes) -> str | None:
    """What a document is compressed with; None where it is not."""
    return next((name for magic, name in COMPRESSIONS.items() if data.startswith(magic)), None)


class Opening:
    """The first 64 KiB of a document, as text and as lines."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        head = data[:HEAD_BYTES].removeprefix(BYTE_ORDER_MARK)
        self.text = head.decode("latin-1")

    @cached_property
    def lines(self) -> list[str]:
        """The filled lines of the opening, without blanks around them, cut where no known format goes on."""
        return [line.strip()[:MAX_LINE] for line in re.split(r"[\r\n]+", self.text) if line.strip()]

    @cached_property
    def start(self) -> str:
        """The first character that is no blank; empty where there is none."""
        return self.text.lstrip()[:1]
