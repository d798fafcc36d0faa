"""What a service subscribes to, and what its handler is given."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from servicekit.events import Event
from servicekit.store import Actor, Store, UnitOfWork, insert_into
from servicekit.store.plumbing import InboxRow
from servicekit.tracing import TraceContext, within

if TYPE_CHECKING:
    from servicekit.context import Context
    from servicekit.settings import Settings

__all__ = ["AlreadyHandled", "Batch", "BatchHandler", "Consumer", "Delivery", "GivenBack", "Handler"]

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
    trace: TraceContext | None = field(default=None, compare=False)
    """The trace that the event belongs to, and the place of its handling in it."""

    def about(self) -> AbstractContextManager[None]:
        """Return a block in which whatever is emitted, written down and logged belongs to the trace of this event.

        For the handler of a batch, whose events belong to many traces.
        """
        return within(self.trace)

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
        async with Batch((self,)).transaction() as (unit, _):
            yield unit


@dataclass(frozen=True)
class Batch(Generic[E]):
    """Events that one consumer handles together."""

    deliveries: tuple[Delivery[E], ...]
    """One or more, in the order in which they came."""

    def transaction(self) -> AbstractAsyncContextManager[tuple[UnitOfWork, tuple[Delivery[E], ...]]]:
        """Open the one unit of work that holds every effect of these events.

        It comes with those whose effect was not committed before; only they are to have one. Their inbox entries are
        its first rows.

        Raises
        ------
        AlreadyHandled
            Every effect was committed by earlier deliveries. The dispatcher takes them as done.
        """
        return self._transaction()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[tuple[UnitOfWork, tuple[Delivery[E], ...]]]:
        first = self.deliveries[0]
        async with first.store.write(Actor.service(first.consumer.partition(".")[0])) as unit:
            claimed = await _claim(unit, first.consumer, [each.event_id for each in self.deliveries])
            ours = {each.event_id: each for each in reversed(self.deliveries) if each.event_id in claimed}
            fresh = tuple(each for each in self.deliveries if ours.get(each.event_id) is each)
            if not fresh:
                raise AlreadyHandled(f"{first.consumer} has handled event {first.event_id}")
            yield unit, fresh


async def _claim(unit: UnitOfWork, consumer: str, event_ids: Sequence[str]) -> set[str]:
    """Write inbox entries, and return of which events there was none yet."""
    inbox = InboxRow.__table__
    rows = [{"consumer": consumer, "event_id": each, "handled_at": unit.now} for each in sorted(set(event_ids))]
    claim = insert_into(unit.session, inbox).on_conflict_do_nothing().returning(inbox.c.event_id)
    return set(await (await unit.session.connection()).scalars(claim, rows))


Handler = Callable[["Context", Delivery[Any]], Awaitable[None]]
BatchHandler = Callable[["Context", Batch[Any]], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class Consumer:
    """A subscription: whose it is, to which event, and its handler, of one event or of several together."""

    name: str
    """Unique, with the service before the dot, for example ``validator.decide``. It names the inbox."""
    event: type[Event]
    handler: Handler | None = None
    batch_handler: BatchHandler | None = None
    """Instead of `handler`: is given what waits, at most `batch` events. When it raises, each of them is given to it by
    itself, and only one that fails again is tried again or becomes a dead letter."""
    batch: int = 1
    concurrency: int | Callable[["Settings"], int] = 1
    """How many events it may handle at a time in one process, or what says so by the settings of the process."""
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

    def __post_init__(self) -> None:
        if (self.handler is None) == (self.batch_handler is None):
            raise ValueError(f"{self.name} needs a handler, of one event or of a batch")
        if self.batch > 1 and (self.batch_handler is None or self.long_running):
            raise ValueError(f"{self.name} handles one event at a time")

    def at_a_time(self, settings: "Settings") -> int:
        """Return how many events it may handle at a time in a process with these settings."""
        return self.concurrency if isinstance(self.concurrency, int) else self.concurrency(settings)

    async def handle(self, context: "Context", deliveries: Sequence[Delivery[Any]]) -> None:
        """Give events to the handler: one, or as many as its batch holds."""
        if self.batch_handler is not None:
            await self.batch_handler(context, Batch(tuple(deliveries)))
        elif self.handler is not None:
            (delivery,) = deliveries
            await self.handler(context, delivery)
