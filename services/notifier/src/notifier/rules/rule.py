"""What a notification rule is."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from notifier.message import Message
from notifier.recipients import People
from servicekit.events import Event
from servicekit.store import Store

__all__ = ["Rule", "Situation", "named"]

E = TypeVar("E", bound=Event)
F = TypeVar("F")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Situation(Generic[F]):
    """What a rule decides on: what its look found of one event, and who and what there is when it is handled."""

    found: F
    people: People
    store: Store
    """For what the look did not find out; most decisions need nothing of it."""
    now: datetime
    is_replay: bool
    base_url: str
    """Address of the service, for links."""


@dataclass(frozen=True, kw_only=True)
class Rule(Generic[E, F]):
    """Who is told what when an event happens. Each rule hears its event by itself; one that fails stops no other."""

    kind: str
    """Kind of its notifications, and name of its consumer."""
    event: type[E]
    look: Callable[[AsyncSession, Sequence[E]], Awaitable[Sequence[F | None]]]
    """What there is to decide on, for each of these events; None for one that concerns nobody.

    Most events concern nobody, so it is one statement for all of them."""
    decide: Callable[[Situation[F]], Awaitable[Sequence[Message]]]
    """What is to be said now. A message queued before (same subject, occasion, recipient) is not said again."""


def named(rows: Mapping[str, R], identifier: str, what: str) -> R:
    """Return the row that an event names.

    Raises
    ------
    LookupError
        There is none. An event comes after what it tells of, so something is wrong.
    """
    row = rows.get(identifier)
    if row is None:
        raise LookupError(f"an event names the {what} {identifier}, which is not there")
    return row
