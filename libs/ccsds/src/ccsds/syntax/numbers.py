"""Numbers as CCSDS writes them: the form is judged apart from the value.

A number's *shape* is its text with every digit turned into 0: a file of a million numbers has a few dozen shapes, so
each is judged once.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

__all__ = [
    "DIGITS_TO_ZERO",
    "MAX_INTEGER",
    "MIN_INTEGER",
    "number_hint",
    "number_problem",
    "read_integer",
    "shape_problem",
]

DIGITS_TO_ZERO = str.maketrans("123456789", "000000000")
MIN_INTEGER, MAX_INTEGER = -(2**31), 2**31 - 1

NUMBER = re.compile(r"[+-]?(?P<whole>0*)(?:(?P<point>\.)(?P<part>0*))?(?P<exponent>[Ee][+-]?0+)?\Z")
PLAIN_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,8}\.[0-9]{1,8}|[0-9]\.[0-9]{1,15}[Ee][+-]?[0-9]{1,2})\Z")
"""What programs write: it breaks no rule, whatever its digits are."""
PLAIN_DIGITS = 16
INTEGER = re.compile(r"[+-]?[0-9]+\Z")
NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)\Z", re.IGNORECASE)
NONZERO_MANTISSA = re.compile(r"[+-]?[0.]*[1-9]")

NO_VALUE = frozenset({"VAL-003", "VAL-004", "VAL-005"})
MISTAKES = (
    (str.maketrans("oO", "00"), "Is the letter O meant to be the digit 0?"),
    (str.maketrans("lI", "11"), "Is the letter l or I meant to be the digit 1?"),
    (str.maketrans(",", "."), "Is the comma meant to be a decimal point?"),
    (str.maketrans("dD", "EE"), "Is D meant to be the exponent's E?"),
)
"""What people and programs write in numbers, with what stands there by right, and what to ask."""

MAX_DIGITS = 16
MAX_DIGITS_1_0 = 18


@lru_cache(maxsize=65536)
def shape_problem(shape: str, max_digits: int = MAX_DIGITS) -> str | None:
    """Judge the form of a number by its shape (CCSDS 502.0-B-3 7.5.5 to 7.5.8).

    Returns
    -------
    The key of the rule that the form breaks, or None. `VAL-003`, `VAL-004` and `VAL-005` mean that there is no value.
    """
    match = NUMBER.match(shape)
    if match is None:
        if NOT_FINITE.match(shape):
            return "VAL-004"
        return "VAL-005" if " " in shape and NUMBER.match(shape.replace(" ", "")) else "VAL-003"
    whole, point, part, exponent = match["whole"], match["point"], match["part"] or "", match["exponent"]
    digits = len(whole) + len(part)
    if digits == 0:
        return "VAL-003"
    if exponent is not None and (len(whole) != 1 or not part):
        return "VAL-003/mantissa"
    if point and not (whole and part):
        return "VAL-002/point"
    return "VAL-002/digits" if digits > max_digits else None


def number_problem(text: str, max_digits: int = MAX_DIGITS) -> tuple[float | None, str | None]:
    """Read a number, and say which rule its text breaks.

    Returns
    -------
    The value, None where there is none, and the key of the broken rule or None.
    """
    if PLAIN_NUMBER.match(text) is not None and max_digits >= PLAIN_DIGITS:
        return float(text), None
    problem = shape_problem(text.translate(DIGITS_TO_ZERO), max_digits)
    if problem in NO_VALUE:
        return None, problem
    value = float(text)
    if math.isinf(value) or (value == 0.0 and NONZERO_MANTISSA.match(text)):
        return None, "VAL-009"
    return value, problem


def number_hint(text: str) -> str | None:
    """What to do about a text that is no number, where one change makes it one; None elsewhere."""
    for right, question in MISTAKES:
        mended = text.translate(right)
        if mended != text and shape_problem(mended.translate(DIGITS_TO_ZERO)) not in NO_VALUE:
            return f"{question} Then write {mended}"
    return None


def read_integer(text: str) -> int | None:
    """Read an integer within 32 bits; None where the text is none."""
    if INTEGER.match(text) is None or len(text) > len(str(MIN_INTEGER)):
        return None
    value = int(text)
    return value if MIN_INTEGER <= value <= MAX_INTEGER else None
