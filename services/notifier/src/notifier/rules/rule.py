"""What a notification rule is."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from notifier.message import Message
from servicekit.events import Event

__all__ = ["Rule", "Situation"]

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, kw_only=True)
class Situation(Generic[E]):
    """What a rule decides on: an event, and the database as it stands when the event is handled."""

    event: E
    session: AsyncSession
    now: datetime
    is_replay: bool
    base_url: str
    """Address of the service, for links."""


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[E]):
    """Who is told what when an event happens. Each rule hears its event by itself; one that fails stops no other."""

    kind: str
    """Kind of its notifications, and name of its consumer."""
    event: type[E]
    decide: Callable[[Situation[E]], Awaitable[Sequence[Message]]]
    """What is to be said now. A message queued before (same subject, occasion, recipient) is not said again."""
