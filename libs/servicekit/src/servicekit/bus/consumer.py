"""What a service subscribes to, and what its handler is given."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from servicekit.events import Event
from servicekit.store import Actor, Store, UnitOfWork
from servicekit.store.plumbing import InboxRow

if TYPE_CHECKING:
    from servicekit.context import Context

__all__ = ["AlreadyHandled", "Consumer", "Delivery", "Handler"]

E = TypeVar("E", bound=Event)


class AlreadyHandled(Exception):
    """The effect of this event has been committed before; there is nothing left to do."""


@dataclass(frozen=True)
class Delivery(Generic[E]):
    """One event on its way to one consumer."""

    event: E
    event_id: str
    consumer: str
    attempt: int
    store: Store

    def transaction(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """Open the one unit of work that holds every effect of this event.

        Its first row is the inbox entry, so the effect is committed once however often the event arrives.

        Raises
        ------
        AlreadyHandled
            The effect was committed by an earlier delivery. The dispatcher takes it as done.
        """
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[UnitOfWork]:
        async with self.store.write(Actor.service(self.consumer.partition(".")[0])) as unit:
            into: Any = {"sqlite": insert_sqlite, "postgresql": insert_postgresql}.get(
                self.store.engine.dialect.name, insert
            )
            claim = into(InboxRow).values(consumer=self.consumer, event_id=self.event_id, handled_at=unit.now)
            result = await unit.session.execute(claim.on_conflict_do_nothing().returning(InboxRow.event_id))
            if result.first() is None:
                raise AlreadyHandled(f"{self.consumer} has handled event {self.event_id}")
            yield unit


Handler = Callable[["Context", Delivery[Any]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """A subscription: whose it is, to which event, and the handler."""

    name: str
    """Unique, with the service before the dot, for example ``validator.decide``. It names the inbox."""
    event: type[Event]
    handler: Handler
    concurrency: int = 1
    """How many events it may handle at a time in one process."""
    attempts: int = 5
    """After so many failures the delivery is a dead letter."""
