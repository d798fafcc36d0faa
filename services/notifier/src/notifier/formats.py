"""How times, lengths and probabilities are written in mails."""

from datetime import UTC, datetime
from math import isfinite

from astrodynamics.probability import REASONS

__all__ = ["bound", "kilometres", "metres", "metres_per_second", "probability", "utc", "words"]


def utc(moment: datetime, *, milliseconds: bool = False) -> str:
    """Write a time in UTC: ``2024-09-17T12:00:00Z``, with milliseconds where they matter."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds" if milliseconds else "seconds")[:-6] + "Z"


def metres(value: float) -> str:
    """Write a length in metres, with a decimal below 1 km."""
    return f"{value:.1f} m" if abs(value) < 1000 else f"{value:,.0f} m"


def kilometres(value_m: float) -> str:
    """Write a length that is given in metres in kilometres."""
    return f"{value_m / 1000:,.3f} km"


def metres_per_second(value: float) -> str:
    """Write a speed."""
    return f"{value:,.1f} m/s"


def probability(value: float | None, reason: str | None) -> str:
    """Write a probability of collision in scientific notation, or why there is none. It is never written as 0."""
    if value is None or not isfinite(value):
        return f"not computed: {REASONS.get(reason or '', reason or 'no reason was recorded')}"
    if value <= 0.0:
        return "less than 1e-300"  # smaller than a double can hold, which is not the same as impossible
    return f"{value:.2e}"


def bound(value: float | None) -> str:
    """Write a maximum probability so that nobody takes it for the probability."""
    if value is None or not isfinite(value):
        return "not computed"
    if value <= 0.0:
        return "less than 1e-300 (an upper bound, not the probability)"
    return f"at most {value:.2e} (an upper bound, not the probability)"


def words(code: str) -> str:
    """Write a code as words: ``element-set-too-old`` becomes ``element set too old``."""
    return code.replace("-", " ").replace("_", " ")
