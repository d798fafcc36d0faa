"""What a rule of the service is, and what it judges."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from ccsds import FileName, Message, Oem
from validator.question import Question, TrajectoryRemarks
from validator.satellite import Claim

__all__ = ["Fault", "ServiceRule", "Subject"]

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A document as the rules of the service see it, after the message library has judged its content."""

    question: Question
    kind: str
    message_type: type[Message] | None
    """What a document of its kind becomes; None where its format can't be read."""
    message: Message | None
    """None where nothing of the content can be used."""
    name: FileName
    claims: tuple[Claim, ...]
    norad_cat_id: int | None
    start_time: datetime | None = None
    """Start of an ephemeris, where its times can be read."""
    unusable: str | None = None
    """Why no trajectory can be made of an ephemeris."""
    remarks: TrajectoryRemarks = field(default_factory=TrajectoryRemarks)
    """What is worth saying about the trajectory of an ephemeris."""
    untold: str | None = None
    """Why a maneuver notification tells of no maneuver."""
    record_count: int = 0
    refused_count: int = 0
    """Records of a catalogue, and those that cannot be used."""

    @property
    def is_operators(self) -> bool:
        """Whether it is an operator's file about its own satellite, and no catalogue."""
        return self.question.purpose == "operator"

    @property
    def is_ephemeris(self) -> bool:
        """Whether it is an ephemeris, in whatever format, usable or not."""
        return self.message_type is Oem


@dataclass(frozen=True)
class Fault:
    """What a rule found: what is wrong, and, where that depends on it, what to do."""

    message: str
    hint: str | None = None


@dataclass(frozen=True, kw_only=True)
class ServiceRule:
    """One rule of the service, beside those of the message library."""

    id: str
    severity: Severity
    title: str
    """The rule in a sentence."""
    source: str
    """What demands it."""
    hint: str
    """What to do about it."""
    check: Callable[[Subject], Iterable[Fault]]

    def findings(self, subject: Subject) -> list[dict[str, Any]]:
        """Return what this rule says of a document."""
        return [self.finding(fault) for fault in self.check(subject)]

    def finding(self, fault: Fault) -> dict[str, Any]:
        """Return a fault in the form of the message library's findings."""
        return {
            "rule": self.id,
            "severity": self.severity,
            "line": None,
            "column": None,
            "path": None,
            "message": fault.message,
            "hint": fault.hint or self.hint,
            "source": self.source,
        }
