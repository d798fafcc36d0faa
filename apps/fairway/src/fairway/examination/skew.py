"""How far two clocks are apart."""

from datetime import datetime, timedelta

from fairway.examination.report import Examination, bad, good

__all__ = ["compared"]

_TOLERATED = timedelta(seconds=5)
"""Leases and orders of events bear seconds; a minute would let two work at the same."""


def compared(part: str, theirs: datetime, ours: datetime, resolution: timedelta = timedelta()) -> Examination:
    """Say whether the clock of a part, read when ours showed `ours`, agrees with it."""
    apart = abs(theirs - ours)
    seconds = apart.total_seconds()
    if apart > _TOLERATED + resolution:
        direction = "ahead" if theirs > ours else "behind"
        found = f"the clock of the {part} is {seconds:.0f} s {direction}"
        return bad(f"clock of the {part}", found, "let both machines follow the same time (NTP)")
    return good(f"clock of the {part}", f"agrees within {max(seconds, resolution.total_seconds()):.1f} s")
