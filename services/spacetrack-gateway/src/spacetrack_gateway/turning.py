"""Which lines of a checklist have turned bad, and since when: a line that never was good has not turned.

So nobody is told of what an organization has not begun yet; of what it had, and has no more, it is told once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from spacetrack_gateway.checklist import Item
from spacetrack_gateway.link import Step

__all__ = ["Turned", "since_then", "turned"]

_OF_THE_SERVICE: Final = frozenset({"our-account", "metadata", "clock", "budget"})
"""All organizations share these; the feed ``space-track`` tells those who run the service."""
_FOLLOWS: Final = frozenset({"access-confirmed"})
"""It follows from other lines, which are told."""
_OWN_DECISION: Final = frozenset({"push-consent"})
_ALWAYS_NEWS: Final = frozenset({"last-push", "differences"})
"""There is nothing good to be seen of them before something is wrong."""


@dataclass(frozen=True)
class Turned:
    """The lines that have turned bad, and every line that was ever good."""

    bad: list[Step]
    once_good: frozenset[str]


def turned(
    of_organization: Iterable[Item], of_satellites: Mapping[int, Iterable[Item]], once_good: Iterable[str]
) -> Turned:
    """Compare the lines of an organization and of its satellites with what was ever good."""
    untold = _OF_THE_SERVICE | _OWN_DECISION | _FOLLOWS
    lines = {item.code: item for item in of_organization if item.code not in untold}
    for number, items in of_satellites.items():
        lines |= {f"{number}/{item.code}": item for item in items}
    good = {key for key, item in lines.items() if item.state == "good"}
    had = good | set(once_good)
    bad = [_step(key, item) for key, item in sorted(lines.items()) if _is_bad(key, item, had)]
    return Turned(bad, frozenset(had))


def _is_bad(key: str, item: Item, had: set[str]) -> bool:
    if item.state not in ("failing", "missing"):
        return False
    if "/" in key and item.code == "last-push" and item.evidence is not None:
        return False  # its newest file is held or failed: the line of what holds it, or the organization's, says so
    return key in had or item.code in _ALWAYS_NEWS


def _step(key: str, item: Item) -> Step:
    what = item.what if item.evidence is None else f"{item.what.rstrip('.')}: {item.evidence}."
    return Step(key, what, item.who or "")


def since_then(faults: Sequence[Step], before: Sequence[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """Return faults as a feed keeps them, each with since when it lasts: a fault that was there before goes on."""
    known = {str(entry["code"]): entry.get("since") for entry in before}
    return [{**fault.as_data(), "since": known.get(fault.code) or now.isoformat()} for fault in faults]
