"""Whether an ephemeris may leave for Space-Track. It may not, and this says why: every reason, not the first."""

from typing import Any

from records.validator.tables import Ephemeris
from spacetrack_gateway.link import THIS_VERSION, Step

__all__ = ["reasons_to_hold", "state_of"]

NO_CONSENT = Step(
    "no-consent",
    "The organization has recorded no consent that its ephemerides are sent to Space-Track.",
    "An operator-admin of the organization consents, on record; sending is a disclosure and is off until then.",
)
NO_ACCOUNT = Step(
    "no-account",
    "No Space-Track account is configured.",
    "The operator and an administrator of Fairway take the steps that the feed space-track lists.",
)
REPLAY = Step(
    "replay",
    "This is a replay of archived days, and nothing made in it leaves the machine.",
    "Nobody: upload the ephemeris to a service that runs on the present time.",
)


def state_of(ephemeris: Ephemeris) -> str:
    """Return where an ephemeris stands: ``withdrawn``, ``superseded`` or ``held``."""
    if ephemeris.withdrawn_at is not None:
        return "withdrawn"
    if not ephemeris.is_active:
        return "superseded"
    return "held"


def reasons_to_hold(ephemeris: Ephemeris, *, replay: bool) -> list[dict[str, Any]]:
    """Return every reason why the ephemeris is held; none where it is not going to be sent at all."""
    if state_of(ephemeris) != "held":
        return []
    reasons = [NO_CONSENT, NO_ACCOUNT, THIS_VERSION]
    return [reason.as_data() for reason in ([REPLAY, *reasons] if replay else reasons)]
