"""What it takes to link an organization's Space-Track account: each step, and who must take it.

The order is the one in which the steps are taken.
"""

from dataclasses import asdict, dataclass
from typing import Any

from spacetrack_gateway.settings import SpaceTrackSettings

__all__ = ["Step", "missing_for_the_feed", "steps"]


@dataclass(frozen=True)
class Step:
    """One thing that somebody must do before anything can be exchanged with Space-Track."""

    code: str
    what: str
    """What is missing."""
    who: str
    """Who must do what about it."""

    def as_data(self) -> dict[str, Any]:
        """Return the step as it is stored."""
        return asdict(self)


def steps(settings: SpaceTrackSettings) -> tuple[Step, ...]:
    """Return the steps that link an organization's account, in their order."""
    return (
        Step(
            "sharing-agreement",
            "The organization's SSA Sharing Agreement with U.S. Space Command.",
            "The operator concludes it, where there is none.",
        ),
        Step(
            "account-in-good-standing",
            "A Space-Track account that is active and in good standing.",
            "The operator's Primary Representative signs in to Space-Track and checks it.",
        ),
        Step(
            "our-address-added",
            f"The address {settings.our_address} under Manage > Users, for CDM notifications, with "
            "Receive CDM Email Alerts not selected.",
            f"The operator's Primary Representative adds it, saves, and tells {settings.support_address}.",
        ),
        Step(
            "folder-grant",
            f"Access of {settings.our_address} to the organization's operator folder.",
            f"The operator asks {settings.customer_service_address} for it by mail; the text carries the "
            "organization's name exactly as Space-Track has it.",
        ),
        Step(
            "access-confirmed",
            "Our confirmation that the folder and the CDMs can be reached.",
            f"The operator tells {settings.support_address} that access was granted.",
        ),
        Step(
            "finished-by-administrator",
            "The link on our side.",
            "An administrator of Fairway finishes and verifies it. CDMs are read from the moment of the grant on; "
            "older ones are not.",
        ),
    )


def missing_for_the_feed(settings: SpaceTrackSettings) -> list[dict[str, Any]]:
    """Return what is missing before the feed ``space-track`` can work."""
    return [step.as_data() for step in steps(settings)]
