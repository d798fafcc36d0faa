"""Alpha-5: catalogue numbers to 339999 in five characters (Space-Track, Alpha-5)."""

from __future__ import annotations

__all__ = ["MAX_ALPHA5", "decode_alpha5", "encode_alpha5"]

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""A is 10 and Z is 33; I and O are left out."""
MAX_ALPHA5 = 339_999
FIVE_DIGITS = 10_000


def decode_alpha5(text: str) -> int | None:
    """The number of a five-character field; None where it holds none. Blanks pad on the left."""
    body = text.lstrip(" ")
    if body.isascii() and body.isdigit():
        return int(body)
    if len(body) == 5 and body[0] in LETTERS and body[1:].isascii() and body[1:].isdigit():
        return (LETTERS.index(body[0]) + 10) * FIVE_DIGITS + int(body[1:])
    return None


def encode_alpha5(number: int) -> str | None:
    """The five-character field of a number; None above 339999, which no TLE can carry."""
    if not 0 <= number <= MAX_ALPHA5:
        return None
    if number < 10 * FIVE_DIGITS:
        return f"{number:05d}"
    return f"{LETTERS[number // FIVE_DIGITS - 10]}{number % FIVE_DIGITS:04d}"
