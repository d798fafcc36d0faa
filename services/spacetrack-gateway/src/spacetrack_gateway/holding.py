"""Whether a file may leave for Space-Track. Where it may not, this says why: every reason, not the first."""

from dataclasses import dataclass
from typing import Any, Final

from spacetrack_gateway.pushing.reasons import MANUAL, NO_ACCOUNT, NO_CONSENT, NO_FOLDER, REPLAY

__all__ = ["UNDECIDED", "Situation", "decide"]

UNDECIDED: Final = frozenset({"held", "queued", "superseded", "withdrawn"})
"""States in which nothing has left yet, so that circumstances decide. What was sent goes its own way."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """All that bears on whether a file leaves."""

    is_withdrawn: bool
    is_current: bool
    """Neither withdrawn nor superseded by a newer one."""
    push_mode: str
    is_released: bool
    """Somebody has had it sent, where the mode is manual."""
    has_account: bool
    has_folder: bool
    is_replay: bool
    """And the account is not a simulator's on this machine."""


def decide(situation: Situation) -> tuple[str, list[dict[str, Any]]]:
    """Return the state of a file that has not left, and every reason why it is held."""
    if situation.is_withdrawn:
        return "withdrawn", []
    if not situation.is_current:
        return "superseded", []
    reasons = [
        reason
        for reason, applies in (
            (REPLAY, situation.is_replay),
            (NO_CONSENT, situation.push_mode == "off"),
            (NO_ACCOUNT, not situation.has_account),
            (NO_FOLDER, situation.has_account and not situation.has_folder),
            (MANUAL, situation.push_mode == "manual" and not situation.is_released),
        )
        if applies
    ]
    return ("held" if reasons else "queued"), [reason.as_data() for reason in reasons]
