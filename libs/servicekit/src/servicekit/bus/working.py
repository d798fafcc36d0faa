"""Workers: each asks its sources for something to do, does it, and sleeps where there is nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from servicekit.bus import deliveries
from servicekit.bus.consumer import Consumer
from servicekit.bus.handling import Envelope, Handling
from servicekit.ids import new_id
from servicekit.observability import logger
from servicekit.store import Store
from servicekit.store.plumbing import DeliveryRow

if TYPE_CHECKING:
    from servicekit.context import Context

__all__ = ["POLL_S", "Deliveries", "Source", "Work", "pause", "work"]

_log = logger(__name__)
POLL_S = 1.0
"""How long a worker sleeps where nobody wakes it: another process may have written, or a retry may be due."""

Work = Callable[[], Awaitable[None]]
Source = Callable[[], Awaitable[Work | None]]
"""Gives the next thing to do, or None where there is nothing now."""


async def work(name: str, sources: Sequence[Source], wake: asyncio.Event, stopping: asyncio.Event) -> None:
    """Do what the sources give, the first of them first, until `stopping`."""
    while not stopping.is_set():
        wake.clear()
        try:
            if await _do_next(sources):
                continue
        except Exception:  # noqa: BLE001 - the loop outlives any failure, and says it
            _log.exception("a delivery could not be claimed or settled; it is tried again", consumer=name)
            await pause(stopping)
        await pause(wake)


async def _do_next(sources: Sequence[Source]) -> bool:
    for source in sources:
        found = await source()
        if found is not None:
            await found()
            return True
    return False


async def pause(until: asyncio.Event, seconds: float = POLL_S) -> None:
    """Wait for an event, but not for longer than so many seconds."""
    with suppress(TimeoutError):  # not wait_for: until Python 3.12 that loses a cancellation that comes with the event
        async with asyncio.timeout(seconds):
            await until.wait()


class Deliveries:
    """The deliveries table as a source of work."""

    def __init__(self, context: "Context", handling: Handling) -> None:
        self._store: Store = context.store
        self._handling = handling
        self._process_id = new_id()

    def of(self, consumer: Consumer) -> Source:
        """Return the source of what is due for `consumer`."""

        async def next_due() -> Work | None:
            row = await deliveries.claim(self._store, consumer.name, self._process_id)
            if row is None:
                return None
            return lambda: self._handle(consumer, row)

        return next_due

    async def release(self) -> None:
        """Give back what is in hand."""
        await deliveries.release(self._store, self._process_id)

    async def _handle(self, consumer: Consumer, row: DeliveryRow) -> None:
        envelope = Envelope.of(row)
        failure = await self._handling.attempt(consumer, envelope, row.attempts)
        if failure is None:
            await deliveries.done(self._store, row)
        elif failure.is_given_back:
            await deliveries.give_back(self._store, row)
        else:
            is_dead = await deliveries.failed(self._store, row, failure, attempts=consumer.attempts)
            self._handling.failed(consumer, envelope, row.attempts, failure, is_dead=is_dead)
