"""What a row of class ``satellite`` says, in our words. Whatever it does not say, or says unclearly, is None."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from spacetrack_gateway.syncing.column_names import Columns

__all__ = ["ATTRIBUTES", "SatelliteRow", "read_row", "say_the_same"]

ATTRIBUTES: Final = ("name", "status", "maneuverable", "hard_body_radius_m")
"""What is taken over of a satellite."""
_MANEUVERABLE: Final = {"y": "yes", "yes": "yes", "true": "yes", "1": "yes", "n": "no", "no": "no", "false": "no"} | {
    "0": "no"
}
_STATUS: Final = {
    "active": "active",
    "operational": "active",
    "partially operational": "active",
    "inactive": "inactive",
    "nonoperational": "inactive",
    "non-operational": "inactive",
    "dead": "inactive",
    "retired": "inactive",
    "decayed": "decayed",
    "reentered": "decayed",
}
_LARGEST_RADIUS_M: Final = 1000.0
_LARGEST_NUMBER: Final = 999_999_999
_RADIUS_TOLERANCE_M: Final = 0.005
"""Space-Track writes two decimals."""
_LONGEST_NAME: Final = 120


@dataclass(frozen=True, kw_only=True)
class SatelliteRow:
    """One satellite as Space-Track has it."""

    norad_cat_id: int
    gid: str
    values: Mapping[str, Any]
    """By attribute; None where nothing usable is said."""
    unclear: tuple[str, ...]
    """Attributes that say something which is not understood."""


def read_row(row: Mapping[str, Any], columns: Columns) -> SatelliteRow | None:
    """Read one row; None where it names no satellite."""
    number = columns.read(row, "norad_cat_id")
    if not (number.isascii() and number.isdigit() and 0 < int(number) <= _LARGEST_NUMBER):
        return None
    values: dict[str, Any] = {}
    unclear: list[str] = []
    for attribute in ATTRIBUTES:
        if attribute not in columns.by_attribute:
            continue
        text = columns.read(row, attribute)
        values[attribute] = _value(attribute, text)
        if values[attribute] is None and text and not _says_nothing(attribute, text):
            unclear.append(attribute)
    return SatelliteRow(
        norad_cat_id=int(number), gid=columns.read(row, "gid"), values=values, unclear=tuple(sorted(unclear))
    )


def say_the_same(attribute: str, ours: Any, theirs: Any) -> bool:
    """Whether two values of an attribute mean the same."""
    if attribute == "hard_body_radius_m":
        return abs(float(ours) - float(theirs)) <= _RADIUS_TOLERANCE_M
    if attribute == "name":
        return " ".join(str(ours).split()).casefold() == " ".join(str(theirs).split()).casefold()
    return bool(ours == theirs)


def _value(attribute: str, text: str) -> Any:
    if attribute == "name":
        return text[:_LONGEST_NAME] or None
    if attribute == "status":
        return _STATUS.get(text.casefold())
    if attribute == "maneuverable":
        return _MANEUVERABLE.get(text.casefold())
    return _radius(text)


def _radius(text: str) -> float | None:
    try:
        radius_m = float(text)
    except ValueError:
        return None
    return radius_m if math.isfinite(radius_m) and 0 < radius_m <= _LARGEST_RADIUS_M else None


def _says_nothing(attribute: str, text: str) -> bool:
    """Words that say that nothing is known; a radius of zero is one of them."""
    if text.casefold() in {"n/a", "na", "none", "null", "unknown", "tba", "-"}:
        return True
    if attribute != "hard_body_radius_m":
        return False
    try:
        return float(text) == 0.0
    except ValueError:
        return False
