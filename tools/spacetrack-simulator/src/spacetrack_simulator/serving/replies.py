"""Requests and replies, free of any web framework."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from spacetrack_simulator.query.addresses import Address

__all__ = ["Incoming", "IncomingFile", "Reply", "json_reply", "text_reply"]

Delivery = Literal["whole", "reset", "hang", "drip", "cut"]


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """One part of a multipart upload."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request."""

    method: str
    segments: list[str]
    cookie: str | None = None
    form: Mapping[str, str] = field(default_factory=dict)
    files: tuple[IncomingFile, ...] = ()

    @property
    def path(self) -> str:
        """The decoded path."""
        return "/" + "/".join(self.segments)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, and how it goes out.

    Attributes
    ----------
    outcome
        For the request log: `ok`, `empty`, or what went wrong.
    rows
        Rows of data in the body.
    cookie
        To be set; empty text deletes it.
    pause_s
        Between two parts of a body that drips.
    repeat
        The body is sent so often, for answers too large to hold.
    seen
        The query that it answers, for those who watch how often it is asked.
    """

    status: int
    body: bytes
    media_type: str
    outcome: str = "ok"
    rows: int | None = None
    cookie: str | None = None
    delivery: Delivery = "whole"
    pause_s: float = 0.0
    repeat: int = 1
    seen: Address | None = None

    def delivered(self, delivery: Delivery, outcome: str, pause_s: float = 0.0) -> "Reply":
        """The same reply, sent in another way."""
        return replace(self, delivery=delivery, outcome=outcome, pause_s=pause_s)


def json_reply(value: Any, *, status: int = 200, outcome: str = "ok", cookie: str | None = None) -> Reply:
    """Answer with JSON."""
    body = json.dumps(value, separators=(",", ":")).encode()
    return Reply(status, body, "application/json", outcome=outcome, cookie=cookie)


def text_reply(text: str, *, status: int = 200, outcome: str = "ok", media_type: str = "text/plain") -> Reply:
    """Answer with text."""
    return Reply(status, text.encode(), f"{media_type}; charset=utf-8", outcome=outcome)
