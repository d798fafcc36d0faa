"""One kind of document in one format: how it is told, what it becomes, and who reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ccsds.limits import Limits
from ccsds.messages import Message
from ccsds.opening import Opening
from ccsds.report import FindingLog

__all__ = ["DocumentFormat", "Reader", "Recogniser"]

Recogniser = Callable[[Opening], str | None]
Reader = Callable[[bytes, FindingLog, Limits], Message | None]


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """One kind in one format.

    Attributes
    ----------
    recognise
        Takes an opening and returns the version, empty where there is none; None for no match.
    message_type, read
        What the reader makes, and the reader: it takes the bytes without byte order mark, a log and limits.
    """

    kind: str
    format: str
    recognise: Recogniser
    message_type: type[Message]
    read: Reader
