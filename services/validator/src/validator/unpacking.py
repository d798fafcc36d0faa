"""Compressed catalogues: unpacked piece by piece, so that a bomb is noticed before it goes off."""

import zlib

from validator.question import Limits

__all__ = ["DamagedError", "TooLargeError", "is_gzip", "unpacked"]

_PIECE = 1024 * 1024
_GZIP = zlib.MAX_WBITS | 16
_HARMLESS = 4 * 1024 * 1024
"""Below this size the ratio does not matter: a small file may well be repetitive."""


class DamagedError(Exception):
    """The compressed data cannot be unpacked."""


class TooLargeError(Exception):
    """The data grows beyond a limit."""


def is_gzip(data: bytes) -> bool:
    """Whether the bytes begin like a gzip file."""
    return data.startswith(b"\x1f\x8b")


def unpacked(data: bytes, limits: Limits) -> bytes:
    """Return the content of a gzip file (RFC 1952), which may have several members.

    Raises
    ------
    DamagedError
        It is cut off or broken.
    TooLargeError
        It grows beyond the limits; no more than a piece beyond them is ever unpacked.
    """
    out = bytearray()
    member = zlib.decompressobj(wbits=_GZIP)
    position = 0
    pending = b""
    while pending or position < len(data):
        if not pending:
            pending = data[position : position + _PIECE]
            position += len(pending)
        if member.eof:
            pending = pending.lstrip(b"\0")  # padding is allowed after a member
            member = zlib.decompressobj(wbits=_GZIP) if pending else member
            continue
        try:
            out += member.decompress(pending, _PIECE)
        except zlib.error as error:
            raise DamagedError(f"the compressed data is damaged: {error}") from error
        pending = member.unused_data or member.unconsumed_tail  # the first after the end, the second before it
        _check(len(out), len(data), limits)
    while not member.eof:
        piece = member.decompress(b"", _PIECE)
        if not piece:
            raise DamagedError(f"the compressed data ends after {len(data)} bytes, in the middle")
        out += piece
        _check(len(out), len(data), limits)
    return bytes(out)


def _check(size: int, packed: int, limits: Limits) -> None:
    if size > limits.unpacked_max_bytes:
        raise TooLargeError(f"the content has more than {limits.unpacked_max_bytes} bytes when it is unpacked")
    if size > _HARMLESS and size > limits.unpacked_max_ratio * packed:
        raise TooLargeError(
            f"{packed} bytes unpack to more than {limits.unpacked_max_ratio:g} times as many, which no catalogue does"
        )
