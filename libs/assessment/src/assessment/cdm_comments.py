"""Comment lines of a conjunction data message that carry values: Spaceflight Safety Handbook, annex C, table 17.

The standard has no keywords for them. Writers differ in case, underscores and signs of equality, so reading is lenient.
"""

import math
import re
from collections.abc import Iterable

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eEdD][-+]?\d+)?")


def _normal(text: str) -> str:
    return " ".join(text.replace("_", " ").replace("=", " ").upper().split())


def with_value(name: str, value: str, unit: str | None = None) -> str:
    """A comment line in the handbook's spelling."""
    return f"{name} = {value}" + (f" [{unit}]" if unit else "")


def number_in(comments: Iterable[str], name: str) -> float | None:
    """The first number after a name at the start of a comment; None where there is none."""
    wanted = _normal(name) + " "
    for comment in comments:
        text = _normal(comment)
        if text.startswith(wanted):
            match = _NUMBER.match(text[len(wanted) :].strip())
            if match is not None:
                value = float(match.group().upper().replace("D", "E"))
                return value if math.isfinite(value) else None
    return None
