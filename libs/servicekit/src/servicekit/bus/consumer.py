"""What a service subscribes to, and what its handler is given."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from servicekit.events import Event
from servicekit.store import Actor, Store, UnitOfWork
from servicekit.store.plumbing import InboxRow

if TYPE_CHECKING:
    from servicekit.context import Context

__all__ = ["AlreadyHandled", "Consumer", "Delivery", "GivenBack", "Handler"]

E = TypeVar("E", bound=Event)


class AlreadyHandled(Exception):
    """The effect of this event has been committed before; there is nothing left to do."""


class GivenBack(Exception):
    """Raised by a handler: the event is not handled here and now, and that is no failure.

    It comes again, here or in another process, and the try does not count. For work that does not fit into the time
    that a stopping process has left.
    """


@dataclass(frozen=True)
class Delivery(Generic[E]):
    """One event on its way to one consumer."""

    event: E
    event_id: str
    consumer: str
    attempt: int
    """The number of this try, from 1. On a broker it begins at 1 again after a process that died."""
    store: Store
    stopping: asyncio.Event = field(default_factory=asyncio.Event, compare=False)
    """Set when the process is to end: finish soon, or raise `GivenBack`. A handler that does neither is cancelled when
    the grace period of the process (`HttpSettings.shutdown_s`) is over."""

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
    outages_count: bool = False
    """Whether a try counts that failed because a part was away or full. Otherwise it is tried again for a day."""
    long_running: bool = False
    """Whether one event takes so long that a process has only one in hand.

    The long-running consumers of a process share that one place; those that stand first among its consumers go first.
    While a handler runs nothing more is fetched for them (partitions are paused, the group stays alive). A handler
    whose partition goes to another process is cancelled, as is one that the end of the process cuts off; nothing is
    settled then, and the event comes again elsewhere."""
