"""Numbers without exponents: Space-Track reads states and covariances in decimal notation only.

Only tokens with an exponent are written anew, and exactly: the digits are the same, the point moves. Everything else of
the file stays byte for byte.
"""

import re
from decimal import Decimal
from typing import BinaryIO, Final

__all__ = ["copy_without_exponents", "without_exponents"]

_EXPONENT: Final = re.compile(rb"(?<![\w.+-])([+-]?(?:\d+\.?\d*|\.\d+)[eEdD][+-]?\d{1,3})(?![\w.])")
_KEYWORD_OR_TEXT: Final = re.compile(rb"\s*(?:[A-Z][A-Z0-9_]*\s*=|COMMENT\b|[A-Z_]+\s*\Z)")


def without_exponents(content: bytes) -> bytes:
    """Return the file with every number of its data lines in fixed point; the same object where there is none."""
    if not _EXPONENT.search(content):
        return content
    return b"".join(_line(line) for line in content.splitlines(keepends=True))


def copy_without_exponents(source: BinaryIO, target: BinaryIO) -> bool:
    """Write a file line by line with every number of its data lines in fixed point; return whether any had to be."""
    is_changed = False
    for line in source:
        written = without_exponents(line)
        is_changed = is_changed or written is not line
        target.write(written)
    return is_changed


def _line(line: bytes) -> bytes:
    if _KEYWORD_OR_TEXT.match(line):
        return line
    return _EXPONENT.sub(_fixed, line)


def _fixed(token: re.Match[bytes]) -> bytes:
    text = token[1].decode().replace("d", "e").replace("D", "e")
    return format(Decimal(text), "f").encode()
