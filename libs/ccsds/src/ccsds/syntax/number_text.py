"""Numbers to text: at most 16 digits, a digit on each side of the point, one digit before it in a mantissa."""

from __future__ import annotations

import math

from ccsds.errors import CannotWrite

__all__ = ["format_number"]

MAX_DIGITS = 16


def format_number(value: float) -> str:
    """Write a double in the forms of CCSDS 502.0-B-3 7.5.5 to 7.5.7.

    The shortest text that reads back as the same double, unless that has 17 digits: the standard allows 16, and the
    value is rounded there (a relative change below 1e-15). Zero has no sign.

    Raises
    ------
    CannotWrite
        The value is NaN or infinite.
    """
    if not math.isfinite(value):
        raise CannotWrite(f"a message can't carry {value}; leave the field None instead")
    if value == 0.0:
        return "0.0"
    sign = "-" if value < 0 else ""
    digits, exponent = _decimal(abs(value))
    if -4 <= exponent < MAX_DIGITS - 1:
        text = _fixed(digits, exponent)
        if len(text) - 1 <= MAX_DIGITS:
            return sign + text
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent:+03d}"


def _decimal(value: float) -> tuple[str, int]:
    """Significant digits and decimal exponent: value = d.ddd * 10**exponent."""
    text = repr(value)
    mantissa, _, exponent = text.partition("e")
    whole, _, part = mantissa.partition(".")
    digits = (whole + part).lstrip("0")
    if len(digits.rstrip("0")) > MAX_DIGITS:
        mantissa, _, exponent = f"{value:.{MAX_DIGITS - 1}e}".partition("e")
        return mantissa.replace(".", "").rstrip("0"), int(exponent)
    leading_zeros = len(whole + part) - len(digits)
    return digits.rstrip("0"), int(exponent or 0) + len(whole) - 1 - leading_zeros


def _fixed(digits: str, exponent: int) -> str:
    if exponent < 0:
        return "0." + "0" * (-exponent - 1) + digits
    whole = digits[: exponent + 1].ljust(exponent + 1, "0")
    return f"{whole}.{digits[exponent + 1 :] or '0'}"
