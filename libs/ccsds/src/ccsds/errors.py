"""The library's errors: one hierarchy, each with a stable code."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ccsds.report import Report

__all__ = [
    "CannotWrite",
    "CcsdsError",
    "InvalidMessage",
    "LossyConversion",
    "NoElementSet",
    "NotANotification",
    "UnknownProfile",
]


class CcsdsError(Exception):
    """Root of everything that this library raises on purpose."""

    code = "ccsds.error"


class UnknownProfile(CcsdsError):
    """A profile was asked for that does not exist."""

    code = "ccsds.unknown_profile"


class CannotWrite(CcsdsError):
    """The target format can't carry the message; the text says which value and why."""

    code = "ccsds.cannot_write"


class NotANotification(CcsdsError):
    """An OPM is no maneuver notification as 19 SDS wants it; the text says what is missing."""

    code = "ccsds.not_a_notification"


class LossyConversion(CannotWrite):
    """The target can't carry all of the message, and losses were not allowed; `losses` names them."""

    code = "ccsds.lossy_conversion"

    def __init__(self, losses: tuple[str, ...]) -> None:
        self.losses = losses
        super().__init__("; ".join(losses))


class NoElementSet(CcsdsError):
    """An OMM is no element set for SGP4; the text says why."""

    code = "ccsds.no_element_set"


class InvalidMessage(CcsdsError):
    """`read` was given a document that is invalid in the profile; `report` says why."""

    code = "ccsds.invalid_message"

    def __init__(self, report: Report) -> None:
        self.report = report
        first = next((f for f in report.findings if f.severity == "error"), None)
        reason = "no usable message" if first is None else f"{first.place}{first.rule}: {first.message}"
        super().__init__(f"the {report.kind} is invalid in profile {report.profile}: {reason}")
